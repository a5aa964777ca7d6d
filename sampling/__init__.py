"""From the listing to the sealed sample: what to check, who buys it, and the proof of both."""
