"""Data of every private tier with a canary in every field, a backend that echoes its prompts, and who finds one."""

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

N_ROWS = 8

BACKEND = '''"""Echoes every prompt, or fails with it."""

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
        pass

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
        return [
            Generation(text=f"{asked} E99.99", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
            for asked in (request.messages[-1].content for request in requests)
        ]


class EchoApart(Echo):
    name = "echo-apart"
    own_process = True
'''


def text(task: str, field: str, row: int) -> str:
    """A text that stands nowhere else, with characters that reprs, JSON, HTML and Markdown escape."""
    return f"{CANARY}{task}{field}{row} <b>\"é'\\t|"


def rows(task: str, fields: tuple[str, ...]) -> list[dict[str, object]]:
    return [{field: text(task, field, row) for field in fields} for row in range(N_ROWS)]


def write(root: Path) -> Path:
    """A file for each task whose data an agreement binds."""
    root.mkdir(parents=True)
    mednli = rows("mednli", ("pairID", "sentence1", "sentence2", "extra"))
    labels = ("entailment", "neutral", "contradiction")
    _lines(root / "mli_test_v1.jsonl", [row | {"gold_label": labels[i % 3]} for i, row in enumerate(mednli)])
    notes = rows("problems", ("File ID", "Subjectives", "Objectives", "Assessment", "Summary"))
    _table(root / "BioNLP2023-1A-Test.csv", notes)
    _lines(root / "MeDiSumQA.jsonl", rows("qa", ("note_id", "Question", "Answer", "discharge_summary")))
    letters = rows("code", ("hadm_id", "text"))
    codes = [{"code": "I10", "description": text("code", "title", 0)}]
    _lines(root / "MeDiSumCode.jsonl", [row | {"icd_codes": codes} for row in letters])
    cases = rows("nejm", ("id", "question", "specialty"))
    options = {letter: text("nejm", f"option{letter}", 0) for letter in "ABCD"}
    _lines(root / "nejm.jsonl", [case | {"options": options, "answer": "B"} for case in cases])
    names = ("link", "question", "opa", "opb", "opc", "opd", "diagnosis", "answer", "explanation", "field")
    jama = [row | {"answer_idx": "A", "answer": row["opa"]} for row in rows("jama", names)]
    _table(root / "jama_raw.csv", jama)
    own = rows("mcq", ("id", "question", "specialty"))
    _lines(root / "mcq.jsonl", [case | {"options": options, "answer_idx": "C"} for case in own])
    return root


def _lines(path: Path, content: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")


def _table(path: Path, content: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(content[0]))
        writer.writeheader()
        writer.writerows(content)


def found_in(place: str, content: bytes) -> list[str]:
    """Where in these bytes a canary stands: as it is, in base64, in hex, in what is packed or in a table."""
    found = [f"{place}: {form}" for form, needle in _needles().items() if needle in content.lower()]
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
    for run in re.findall(rb"[A-Za-z0-9+/=]{200,}", content):
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
