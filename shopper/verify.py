"""The command that verifies a published draw: it needs the folder alone, no database and no settings."""

from argparse import Namespace

from sampling.verifier import verify_assignment, verify_draw


def draw(chosen: Namespace) -> int:
    """Run the verifiers that stand beside published draws; give the exit code of the worst of them."""
    words = [str(chosen.folder)]
    words += ["--merchant", chosen.merchant] if chosen.merchant else []
    if chosen.proof:
        return verify_draw.main([*words, "--proof", str(chosen.proof)])
    code = verify_draw.main(words)
    given = chosen.folder / "assignment.json"
    return max(code, verify_assignment.main([str(chosen.folder)])) if given.exists() else code
