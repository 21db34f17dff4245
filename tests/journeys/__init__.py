"""Whole procedures, from draft to decision, through the doors that people use."""
