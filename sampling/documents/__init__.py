"""Documents: what each paper that leaves the house says, in Chinese and English, before it is printed."""
