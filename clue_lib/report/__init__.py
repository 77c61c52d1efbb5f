"""What people and programs read of a run. Renders only; writes only where it is told to.

`of_run` builds the document of a run, once; every report is made from it. What needs pandas, jinja or matplotlib is
imported where it is used.
"""

from clue_lib.report.document import Document, of_run
from clue_lib.report.file_names import EXAMPLES_FILE, GATE_FILE, PAGES
from clue_lib.report.gate_json import read, records
from clue_lib.report.header import header, labelled
from clue_lib.report.progress_lines import bar, expected_time, progress
from clue_lib.report.terminal import closing, summary

__all__ = [
    "EXAMPLES_FILE",
    "GATE_FILE",
    "PAGES",
    "Document",
    "bar",
    "closing",
    "expected_time",
    "header",
    "labelled",
    "of_run",
    "progress",
    "read",
    "records",
    "summary",
]
