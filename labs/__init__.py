"""From the consignment to the verdict: what a laboratory received, measured, and what follows from it."""
