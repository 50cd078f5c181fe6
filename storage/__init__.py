"""Rows, migrations, repositories, import and export. Knows none of the rules of the science."""
