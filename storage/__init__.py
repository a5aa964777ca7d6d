"""The memory: rows, objects and secrets, and the only place that writes them."""
