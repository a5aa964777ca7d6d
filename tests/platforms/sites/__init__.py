"""The sites read from recorded pages."""
