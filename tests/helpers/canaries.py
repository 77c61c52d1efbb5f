"""Data of every private tier with canaries in every field, two models that give them away, and who finds one.

The candidate answers and thinks what it was asked, and is wrong with it; the baseline answers the gold. So gates fail,
examples flip, and all that a report shows of such is there to be shown.
"""

import base64
import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

CANARY = "ZQXCANARY"
"""Begins every text of the data. It has no character that any way of writing text escapes."""

N_ROWS = 16
"""More clusters than a gate needs, whose examples become shots besides."""

GOLD_FILE = "gold.json"
"""In the baseline's folder: what it answers, by the text that a question holds."""

BACKEND = '''"""Echoes every prompt and thinks it, or answers the gold, or fails with the prompt."""

import json
import os
import signal
import time

from clue_lib.engines import Engine
from clue_lib.engines.rendering import ChatTemplate
from clue_lib.errors import EngineError
from clue_lib.types import Fingerprint, Generation


class Hostile:
    """A tokenizer whose template raises with the prompt as its message."""

    chat_template = "{{ raise_exception(messages[0].content) }}"
    bos_token = ""

    def apply_chat_template(self, turns, **others):
        from jinja2 import TemplateError

        text = str(turns)
        if "CANARY" in text:
            raise TemplateError(text)
        return text


class Echo(Engine):
    name = "echo"
    own_process = False

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(device="cpu")

    def __init__(self, weights, adapters, args):
        file = weights / "gold.json"
        self.gold = json.loads(file.read_text()) if file.exists() else None

    def generate(self, requests, adapter):
        asked = "\\n".join(message.content for request in requests for message in request.messages)
        failure = os.environ.get("ECHO_FAILURE")
        if failure == "KeyError":
            {}[asked]
        if failure == "chained":
            try:
                int(asked)
            except ValueError as error:
                raise RuntimeError(asked) from error
        if failure == "own error":
            raise EngineError(asked)
        if failure == "no class of its own":
            raise type("Foreign", (Exception,), {})(asked)
        if failure == "template":
            ChatTemplate(Hostile()).render(requests[0].messages)
        if failure == "interrupt":
            raise KeyboardInterrupt(asked)
        if failure == "unreadable answer":
            return [asked for _ in requests]
        if failure == "never ends":
            print(asked, flush=True)
            time.sleep(600)
        if failure == "print and die":
            print(asked, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return [self.answer(request.messages[-1].content) for request in requests]

    def answer(self, asked):
        usual = {"finish_reason": "stop", "n_prompt_tokens": 1, "n_new_tokens": 9}
        if self.gold is None:
            return Generation(text=f"{asked} E99.99", thought=asked, n_thought_tokens=4, **usual)
        return Generation(text=next((text for part, text in self.gold.items() if part in asked), "no"), **usual)


class EchoApart(Echo):
    name = "echo-apart"
    own_process = True
'''


OWN_TASK = '''"""A task of the user's own: its passages hold the answer, and what it can't read it quotes."""

from clue_lib.datasets import rows
from clue_lib.tasks import GateRule, PromptTexts, Task, TaskData
from clue_lib.types import Example, Parsed, Unparsed


def read(path):
    return [
        Example(
            id=row["id"],
            cluster=row["id"],
            fields={"letter": row["letter"], "question": row["question"]},
            gold=row["gold"],
            passages=(row["letter"],),
            slices={"site": row["site"]},
        )
        for _, row in rows(path, ("id", "letter", "question", "gold", "site"))
    ]


def parse(text, example, *, is_cut=False):
    return Parsed(value=text) if text == example.gold else Unparsed(reason=f"no answer in {text}")


TASK = Task(
    name="own_letters",
    read=read,
    parse=parse,
    max_new_tokens=8,
    other_metrics=("accuracy",),
    prompts=PromptTexts(system="Answer.", user="$letter $question"),
    data=TaskData(file="own_letters.jsonl", tier="licensed", licence="the hospital's"),
    gates={"accuracy": GateRule(margin=0.05, reason="one in twenty")},
)


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
'''

FILES = {
    "mli_test_v1.jsonl": "mednli",
    "BioNLP2023-1A-Test.csv": "problem_summary",
    "MeDiSumQA.jsonl": "medisumqa",
    "MeDiSumCode.jsonl": "medisumcode",
    "nejm.jsonl": "nejm",
    "jama_raw.csv": "jama",
    "mcq.jsonl": "mcq",
    "own_letters.jsonl": "own_letters",
}
"""Every file of data under an agreement, and the task that reads it."""

Rows = list[dict[str, object]]


def text(task: str, field: str, row: int) -> str:
    """A text that stands nowhere else, with characters that reprs, JSON, HTML and Markdown escape.

    It ends as it begins, so that what shows the end of a text alone is found as well.
    """
    return f"{_mark(task, field, row)}<b>\"é'\\t| and what a letter says besides, {field}{row}{CANARY}"


def _mark(task: str, field: str, row: int) -> str:
    return f"{CANARY}{task}{field}{row} "


def rows(task: str, fields: tuple[str, ...]) -> Rows:
    return [{field: text(task, field, row) for field in fields} for row in range(N_ROWS)]


def contents() -> dict[str, bytes]:
    """The bytes of every file, by its name."""
    mednli = rows("mednli", ("pairID", "sentence1", "sentence2", "extra"))
    notes = rows("problems", ("File ID", "Subjectives", "Objectives", "Assessment", "Summary"))
    letters = rows("code", ("hadm_id", "text"))
    codes = [{"code": "I10", "description": text("code", "title", 0)}]
    cases = rows("nejm", ("id", "question", "specialty"))
    options = {letter: text("nejm", f"option{letter}", 0) for letter in "ABCD"}
    names = ("link", "question", "opa", "opb", "opc", "opd", "diagnosis", "answer", "explanation", "field")
    jama = [row | {"answer_idx": "A", "answer": row["opa"]} for row in rows("jama", names)]
    own = rows("mcq", ("id", "question", "specialty"))
    return {
        "mli_test_v1.jsonl": _lines([row | {"gold_label": _label(i)} for i, row in enumerate(mednli)]),
        "BioNLP2023-1A-Test.csv": _table(notes),
        "MeDiSumQA.jsonl": _lines(rows("qa", ("note_id", "Question", "Answer", "discharge_summary"))),
        "MeDiSumCode.jsonl": _lines([row | {"icd_codes": codes} for row in letters]),
        "nejm.jsonl": _lines([case | {"options": options, "answer": "B"} for case in cases]),
        "jama_raw.csv": _table(jama),
        "mcq.jsonl": _lines([case | {"options": options, "answer_idx": "C"} for case in own]),
        "own_letters.jsonl": _lines(rows("own", ("id", "letter", "question", "gold", "site"))),
    }


def _label(row: int) -> str:
    return ("entailment", "neutral", "contradiction")[row % 3]


def gold() -> dict[str, str]:
    """What is right, by the beginning of a text that the question holds."""
    by_mark = {}
    for row in range(N_ROWS):
        by_mark |= {
            _mark("mednli", "sentence2", row): _label(row),
            _mark("problems", "Assessment", row): text("problems", "Summary", row),
            _mark("qa", "Question", row): text("qa", "Answer", row),
            _mark("code", "text", row): "I10",
            _mark("nejm", "question", row): "B",
            _mark("jama", "question", row): "A",
            _mark("mcq", "question", row): "C",
            _mark("own", "question", row): text("own", "gold", row),
        }
    return by_mark


def write(root: Path) -> Path:
    """A file for each task whose data an agreement binds."""
    root.mkdir(parents=True)
    for name, content in contents().items():
        (root / name).write_bytes(content)
    return root


def models(folder: Path) -> tuple[Path, Path]:
    """Two models' folders: the baseline, which knows what is right, and the candidate, which echoes."""
    baseline, candidate = folder / "base", folder / "echo"
    for one in (baseline, candidate):
        one.mkdir(parents=True)
        (one / "config.json").write_text(json.dumps({"_name_or_path": one.name}))  # else they are one model
    (baseline / GOLD_FILE).write_text(json.dumps(gold()))
    return baseline, candidate


def _lines(content: Rows) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in content).encode()


def _table(content: Rows) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(content[0]))
    writer.writeheader()
    writer.writerows(content)
    return file.getvalue().encode()


def found_in(place: str, content: bytes) -> list[str]:
    """Where in these bytes a canary stands: as it is, wrapped, in UTF-16, base64 or hex, packed or in a table."""
    # A line that is wrapped, as quoted-printable does it too; UTF-16 of such letters has a NUL beside each.
    joined = re.sub(rb"=?\r?\n\s*|\s+|\0+", b"", content)
    texts = (content.lower(), joined.lower())
    found = [f"{place}: {form}" for form, needle in _needles().items() if any(needle in text for text in texts)]
    for packed in _unpacked(content):
        found += found_in(f"{place} (packed)", packed)
    return found


def _needles() -> dict[str, bytes]:
    plain = CANARY.encode()
    shifted = {f"base64+{n}": base64.b64encode(b"\0" * n + plain)[4 if n else 0 : -4] for n in range(3)}
    named = {"as it is": plain, "hex": plain.hex().encode(), "backwards": plain[::-1], **shifted}
    return {form: needle.lower() for form, needle in named.items()}


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What the page's examples hold, which are base64 of gzip; a gzip file; a table of examples."""
    wrapped = re.findall(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/=]+", content)
    for run in (*re.findall(rb"[A-Za-z0-9+/=]{200,}", content), *(b"".join(lines.split()) for lines in wrapped)):
        digits = run.rstrip(b"=")
        digits = digits[: len(digits) - (len(digits) % 4 == 1)]  # one alone is half a byte: the run began in the middle
        raw = base64.b64decode(digits + b"===")
        if raw.startswith(b"\x1f\x8b"):
            yield gzip.decompress(raw)
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    if content.startswith(b"PAR1"):
        from pyarrow import parquet

        yield repr(parquet.read_table(io.BytesIO(content)).to_pydict()).encode()


def found_below(*folders: Path) -> list[str]:
    """Every canary in the names and contents of what lies below the folders."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            found += found_in(f"name of {path}", str(path.relative_to(folder)).encode())
            if path.is_file():
                found += found_in(str(path), path.read_bytes())
    return found
