"""What tests of publishing need: a made-up run, and one in which every name attacks."""

from report_fixtures import attacked, attacked_folder, finished, folder, info, judged

__all__ = ["attacked", "attacked_folder", "finished", "folder", "info", "judged"]
