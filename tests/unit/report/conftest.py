"""What tests of reports need: a run and its verdicts."""

from report_fixtures import attacked, attacked_folder, finished, folder, info, judged

__all__ = ["attacked", "attacked_folder", "finished", "folder", "info", "judged"]
