"""The demonstration world on its own: shops, benches and desks."""
