"""What the files of a run's report folder are called."""

GATE_FILE = "gate.json"
EXAMPLES_FILE = "examples.parquet"
PAGES = ("report.html", "report.md")
