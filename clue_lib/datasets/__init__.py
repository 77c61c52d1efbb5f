"""Where each task's data lies and what binds it, and the readers of the files' shapes."""

from clue_lib.datasets.readers import document, objects, refuse_blank, rows
from clue_lib.datasets.sources import BUNDLED_ROOT, Source, TaskData, find

__all__ = ["BUNDLED_ROOT", "Source", "TaskData", "document", "find", "objects", "refuse_blank", "rows"]
