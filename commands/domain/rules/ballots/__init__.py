"""Counting ballots: choice, approval, ranking, points and dates. Integers and fractions, nothing drawn by lot."""
