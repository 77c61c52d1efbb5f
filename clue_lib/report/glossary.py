"""What our terms mean. `glossary.toml` holds them; the report's hover texts and docs/glossary.md are made of it.

python -m clue_lib.report.glossary > docs/glossary.md
"""

import functools
import re
from collections.abc import Iterable
from importlib.resources import files

import msgspec

from clue_lib.metrics import METRICS

HEAD = """\
# Glossary

Each term of ours in a sentence or two. The report shows the same texts where you point at a dotted word, tap it or
reach it by keyboard. `clue-gate metrics` prints what each metric measures.
"""


OUTCOMES = ("IDENTICAL", "IMPROVED", "HELD", "REGRESSED", "UNDECIDED", "NO SIGNAL", "NOT RUN", "NOT REACHED", "ERROR")
"""The outcomes of gates, all of them terms."""

TERM, METRIC = "term-", "metric-"
"""How places in the report begin: a term's, a metric's."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Terms that belong together, by name."""

    title: str
    terms: dict[str, str]
    prefix: str = TERM


class _File(msgspec.Struct, frozen=True, kw_only=True):
    group: tuple[Group, ...]


@functools.cache
def groups() -> tuple[Group, ...]:
    """All terms in the order in which a reader meets them."""
    text = (files("clue_lib.report") / "glossary.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=_File).group


@functools.cache
def meanings() -> dict[str, str]:
    """What every term means, by the term's name."""
    return {name: meaning for group in groups() for name, meaning in group.terms.items()}


def of_page(metrics: Iterable[str]) -> tuple[Group, ...]:
    """All terms, and what those of the metrics measure that this package has, by name."""
    known = {name: _first_paragraph(METRICS[name].definition) for name in sorted(metrics) if name in METRICS}
    own = Group(title="The metrics of this run", terms=known, prefix=METRIC)
    return (*groups(), own) if known else groups()


def _first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def address(term: str) -> str:
    """The term as a link names it, `holms-correction`: as GitHub and mkdocs make it of a heading."""
    words = re.sub(r"[^a-z0-9_ -]", "", term.lower())
    return words.replace(" ", "-")


def markdown() -> str:
    """docs/glossary.md."""
    lines = [HEAD]
    for group in groups():
        lines.append(f"## {group.title}\n")
        lines += [f"### {name}\n\n{meaning}\n" for name, meaning in group.terms.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown(), end="")
