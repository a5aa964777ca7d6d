"""The tests of shopper."""
