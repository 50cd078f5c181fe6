"""Pages are scripts in sub-folders; nothing else lies directly in here (docs/adr/0002)."""
