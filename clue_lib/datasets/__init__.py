"""Where each task's data lies, what it may be used for, and the readers of the files' shapes."""

from clue_lib.datasets.sources import BUNDLED_ROOT, Source, find

__all__ = ["BUNDLED_ROOT", "Source", "find"]
