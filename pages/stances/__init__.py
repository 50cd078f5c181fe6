"""Rooms about models: their stances, two of them, one beside the graph, and the runs."""
