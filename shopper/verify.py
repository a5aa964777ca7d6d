"""The command that verifies a published draw: it needs the folder alone, no database and no settings."""

from argparse import Namespace

from sampling.verifier import verify_draw


def draw(chosen: Namespace) -> int:
    """Run the verifier that stands beside every published draw; give its exit code."""
    words = [str(chosen.folder)]
    words += ["--merchant", chosen.merchant] if chosen.merchant else []
    return verify_draw.main([*words, "--proof", str(chosen.proof)] if chosen.proof else words)
