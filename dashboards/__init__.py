"""The pages and the JSON API: what people and programs see and do."""
