"""The pages and the API, tested over real rows."""
