"""Pieces of pages: they draw and read inputs, and ask services for nothing but what their page hands them."""
