"""The documentation: what is generated from the code, and the picture of the board."""
