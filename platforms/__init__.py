"""How each platform is read, and how it is told to act."""
