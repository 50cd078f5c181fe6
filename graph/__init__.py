"""Votes to weighted graph: edges, ranks, cycles, layout. Knows no database and no drawing library."""
