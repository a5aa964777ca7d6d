"""The tests of the flows."""
