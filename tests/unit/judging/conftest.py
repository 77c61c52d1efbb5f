"""What tests of a whole run's ruling need: a run and its verdicts."""

from report_fixtures import info, judged

__all__ = ["info", "judged"]
