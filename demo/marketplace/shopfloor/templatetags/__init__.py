"""Where Django looks for the shop's template tags."""
