"""The verifier that is shipped beside every published draw: one file that needs nothing but Python."""
