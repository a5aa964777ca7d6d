"""Rulebooks: every jurisdiction's values, with where they come from."""
