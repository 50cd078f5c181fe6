"""The participant's way, one script a step."""
