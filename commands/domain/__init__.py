"""The domain of collective decisions: pure values and rules, on the standard library alone."""
