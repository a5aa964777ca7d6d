"""Platforms: reading them, telling them, and checking what they did."""
