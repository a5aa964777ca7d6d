"""The stage from listing to sealed sample."""
