"""The researcher's rooms: one script a room."""
