"""Glow Mall: its facts and how its pages are read."""
