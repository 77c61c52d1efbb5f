"""A task as a user writes one: its fields may be changed, and its file lies in a folder of the test's own."""

import json
from pathlib import Path

from clue_lib import answers
from clue_lib.datasets import rows
from clue_lib.tasks import GateRule, PromptTexts, Task, TaskData
from clue_lib.types import Example

ACCURACY = GateRule(margin=0.05, reason="half of what was seen")


def read(path):
    return [
        Example(id=row["id"], cluster=row["id"], fields={"note": row["note"]}, gold=row["answer"])
        for _, row in rows(path, ("id", "note", "answer"))
    ]


def own_task(**changed):
    """A whole task of the user's own, not registered."""
    usual = {
        "name": "toy_notes",
        "max_new_tokens": 8,
        "read": read,
        "parse": answers.free_text,
        "other_metrics": ("accuracy",),
        "prompts": PromptTexts(system="Answer in one word.", user="$note"),
        "data": TaskData(file="notes.jsonl", tier="public", licence="CC0"),
        "gates": {"accuracy": ACCURACY},
    }
    return Task(**usual | changed)


def write_notes(folder: Path, n: int = 12, **changed: str) -> Path:
    """Notes with the answers "even" and "odd" in the file that the task names."""
    usual = [{"id": f"n{i}", "note": f"Is {i} even or odd?", "answer": ("even", "odd")[i % 2]} for i in range(n)]
    path = folder / "notes.jsonl"
    path.write_text("".join(json.dumps(note | changed) + "\n" for note in usual), encoding="utf-8")
    return path
