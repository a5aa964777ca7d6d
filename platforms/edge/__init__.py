"""The edge: the only modules of this stage that touch the world."""
