"""What the files of a run's report folder are called."""

GATE_FILE = "gate.json"
EXAMPLES_FILE = "examples.parquet"
PAGES = ("report.html", "report.md")
CODE_QUALITY_FILE = "gl-code-quality-report.json"
METRICS_FILE = "metrics.txt"
