"""Glow Mall: a small marketplace whose pages are drawn by JavaScript."""
