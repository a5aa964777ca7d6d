"""The leak check: whether a field of a cover is in any output of another role."""
