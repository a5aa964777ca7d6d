"""Deadlines, windows, duties and limits as dated data: one file a jurisdiction or standard family."""
