"""Rules as tables: values in, verdict out, the source of the rule beside."""
