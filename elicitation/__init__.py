"""The interview as a pure state machine, its prompts, parsers and rules. Knows no model and no database."""
