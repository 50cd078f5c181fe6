"""The nouns of the field, their errors and the protocols of the parts that can be swapped. No I/O, no clocks."""
