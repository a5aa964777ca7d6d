"""Mappings that are shipped: one file of data a way of writing."""
