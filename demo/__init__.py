"""The demonstration world: shops, a laboratory and platform desks that nobody but themselves runs."""
