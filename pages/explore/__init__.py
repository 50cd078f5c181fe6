"""Looking at results: one script a view."""
