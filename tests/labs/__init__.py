"""What the stage from consignment to verdict promises."""
