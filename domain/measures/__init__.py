"""Statistics: pure functions on numbers and arrays, each with its source."""
