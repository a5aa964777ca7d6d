"""Small outside services for tests: receivers, sites, authorities."""
