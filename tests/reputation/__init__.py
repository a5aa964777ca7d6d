"""What is published, and the scores that come of it."""
