"""What each page shows: frozen views, made of records, that a template reads and never questions."""
