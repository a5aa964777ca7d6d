"""Printing: documents and labels as PDF/A with an embedded font, and every printed code read back before release."""
