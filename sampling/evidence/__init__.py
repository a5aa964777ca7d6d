"""Evidence: what a visit to a page left behind, how it is bound and sealed, and how a stranger verifies it."""
