"""Oscar Mart: its facts and how its pages are read."""
