"""What the public is told, and what it adds up to for a seller, a brand or a platform."""
