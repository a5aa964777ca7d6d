"""What people do: each act loads what it needs, asks a rule and saves, in the unit of work it is given."""
