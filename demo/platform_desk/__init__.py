"""The trust and safety desks of both shops: one answers honestly, one only says so."""
