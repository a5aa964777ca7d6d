"""Lets `python -m shopper` be the command `shopper`."""

from shopper.main import main

if __name__ == "__main__":
    raise SystemExit(main())
