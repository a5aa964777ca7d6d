"""The command line: starts the embedded services, runs one sweep, verifies a bundle."""
