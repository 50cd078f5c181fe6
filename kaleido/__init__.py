"""How relevant a value, right or duty is to a situation, and which way it pulls. Empty until the scorers land."""
