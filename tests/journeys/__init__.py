"""Whole journeys: real people at the running pages, and the demonstration from its first listing to its last score."""
