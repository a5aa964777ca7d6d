"""The version of this code: what a published plan names, so that a stranger takes the same rules."""

VERSION = "0.1.0"
