"""Two laboratories' benches: what is measured in the goods, written as the result file they upload."""

from demo.laboratory.bench import Report, results_for

__all__ = ["Report", "results_for"]
