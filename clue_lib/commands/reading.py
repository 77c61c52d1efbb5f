"""`read`: how an answer of one's own would be read, stage by stage."""

import argparse
import sys
from collections.abc import Callable, Mapping
from string import ascii_uppercase

from tabulate import tabulate

from clue_lib import answers
from clue_lib.report.evidence import around, read_from
from clue_lib.tasks import mednli
from clue_lib.text import printable
from clue_lib.types import Answer, Example, Parsed

N_UNNAMED = 5
"""Options, from A on, that a text may pick where none are given."""

READERS: Mapping[str, Callable[..., Answer]] = {
    "mednli": mednli.parse,
    "option": answers.option,
    "icd": answers.icd_codes,
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    reading = commands.add_parser("read")
    reading.add_argument("kind", choices=READERS, help="what it answers: MedNLI, lettered options, or ICD-10-CM codes")
    reading.add_argument("text", metavar="TEXT", help="what a model might write; - reads it from standard input")
    reading.add_argument(
        "--options", nargs="+", default=[""] * N_UNNAMED, metavar="OPTION", help="the options' own texts, A first"
    )
    reading.add_argument("--cut", action="store_true", help="as if the token limit had cut it")
    reading.set_defaults(run=read)


def read(given: argparse.Namespace) -> int:
    """Print the answer, where it was read, the text in plain form, and all that it names; 0 where it could be read."""
    text = sys.stdin.read() if given.text == "-" else given.text
    example = Example(id="", cluster="", fields={}, gold="", options=tuple(given.options[: len(ascii_uppercase)]))
    answer = READERS[given.kind](text, example, is_cut=given.cut)
    print(f"answer: {_told(answer)}")
    print(f"read:   {read_from(text, answer)}")
    print(f"plain:  {answers.plain_text(text)}".replace("\n", "\n        "))
    if answer.evidence and answer.evidence.mentions:
        rows = [
            (f"{each.start + 1}–{each.end}", each.value, each.form, each.said, around(text, each.start, each.end))
            for each in answer.evidence.mentions
        ]
        print(
            f"\n{tabulate(rows, headers=('at', 'names', 'by', 'said', 'in'), tablefmt='plain', disable_numparse=True)}"
        )
    return 0 if isinstance(answer, Parsed) else 1


def _told(answer: Answer) -> str:
    if not isinstance(answer, Parsed):
        return f"none: {answer.reason}"
    return printable(answer.value if isinstance(answer.value, str) else ", ".join(answer.value))
