"""What became different between two snapshots, whether that is more than another engine explains, and how it reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from clue_lib.snapshots.record import COUNTERS, Count, Origin, Snapshot
from clue_lib.text import markdown, printable
from clue_lib.types import PRIVATE_TIERS

NO_TITLE = "invalid: no such code in the release"
"""Stands where a valid code has its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How much two engines' outputs of one model may differ: shares in 0..1, and `least` whatever the share.

    `codes` of the pairs of letter and code, `answers` of the answers for each kind, `in_all` of what it counts in them.
    """

    codes: float
    answers: float
    in_all: float
    least: int


DRIFT = Tolerance(
    codes=0.05,  # the margin of valid_share: what a fine-tune may lose, a processor may move
    answers=0.02,  # the margin of the hallucination family: one answer in fifty
    in_all=0.05,  # as codes: what is counted here are codes and concepts
    least=2,  # below [policy] min_net_examples = 3, from which on a failure mode counts as REGRESSED
)
"""Another engine or processor changes last bits, so that greedy decoding now and then takes another word.

The numbers are those of thresholds.toml for what a fine-tune may lose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """A code that a letter gained or lost; `title` is None of an invalid one."""

    letter: str
    code: str
    title: str | None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """New against old. `codes` are sorted by letter and code; `counts` holds (old, new) of each kind that changed.

    `n_codes` pairs of letter and code stand in either, `n_answers` answers in the larger.
    """

    origins: tuple[Origin, Origin]
    codes: tuple[CodeChange, ...]
    counts: Mapping[str, tuple[Count, Count]]
    n_codes: int
    n_answers: int

    def __bool__(self) -> bool:
        """Whether anything became different."""
        return bool(self.codes or self.counts)

    def is_within(self, tolerance: Tolerance = DRIFT) -> bool:
        """Whether the codes that changed, and of each kind both counts, stay within the tolerance."""
        moved = [(len(self.codes), tolerance.codes * self.n_codes)]
        for kind, (old, new) in self.counts.items():
            moved.append((abs(new.answers - old.answers), tolerance.answers * self.n_answers))
            if kind in COUNTERS:  # of any other kind there is one in every answer that has it
                moved.append((abs(new.in_all - old.in_all), tolerance.in_all * max(new.in_all, old.in_all)))
        return all(n <= max(tolerance.least, most) for n, most in moved)


def difference(old: Snapshot, new: Snapshot) -> Difference:
    """What `new` has and `old` has not, and the reverse. A code that became valid or invalid is lost and new."""
    before, after = _pairs(old), _pairs(new)
    changed = {*((pair, False) for pair in before - after), *((pair, True) for pair in after - before)}
    nothing = Count(answers=0, in_all=0)
    kinds = sorted({*old.hallucinations, *new.hallucinations})
    counts = {kind: (old.hallucinations.get(kind, nothing), new.hallucinations.get(kind, nothing)) for kind in kinds}
    return Difference(
        origins=(old.origin, new.origin),
        codes=tuple(
            CodeChange(letter=letter, code=code, title=title, is_new=is_new)
            for (letter, code, title), is_new in sorted(changed, key=lambda each: (*each[0][:2], each[1]))
        ),
        counts={kind: pair for kind, pair in counts.items() if pair[0] != pair[1]},
        n_codes=len(before | after),
        n_answers=max(old.n_answers, new.n_answers),
    )


def obstacle(old: Origin, new: Origin) -> str:
    """In what but the engine two snapshots' origins differ, so that their outputs can't be held against each other."""
    names = ("task", "model", "revision", "tier", "data", "questions", "scoring")
    return ", ".join(name for name in names if getattr(old, name) != getattr(new, name))


def headline(found: Difference) -> str:
    """One line: how many codes of how many letters, and each kind's counts."""
    gained = [change for change in found.codes if change.is_new]
    n_invalid = sum(change.title is None for change in gained)
    parts = [f"{name} {_counted(pair)}" for name, pair in found.counts.items()]
    if found.codes:
        n_letters = len({change.letter for change in found.codes})
        codes = f"codes {len(gained)} new ({n_invalid} invalid), {len(found.codes) - len(gained)} lost"
        parts.insert(0, f"{codes}, in {n_letters} letter{'s' if n_letters > 1 else ''}")
    return f"{_subject(found)}: {'; '.join(parts) or 'no difference'}"


def lines(found: Difference) -> list[str]:
    """For a terminal: the headline, then letter by letter its new (+) and lost (-) codes with their titles."""
    shown = [printable(headline(found))]
    width = max((len(printable(change.code)) for change in found.codes), default=0)
    for letter, changes in _by_letter(found.codes).items():
        shown.append(f"  {printable(letter)}")
        for each in changes:
            sign = "+" if each.is_new else "-"
            shown.append(f"    {sign} {printable(each.code):{width}}  {printable(each.title or NO_TITLE)}")
    return shown


def public_lines(found: Difference) -> list[str]:
    """For the terminal of a test run: as `lines`, but of data under an agreement the headline alone."""
    if found.origins[1].tier in PRIVATE_TIERS:
        return [printable(headline(found)), f"  codes by letter are withheld: the data is {found.origins[1].tier}"]
    return lines(found)


def as_markdown(found: Difference) -> str:
    """A heading, the headline, and one row per new or lost code."""
    rows = [
        (
            markdown(each.letter),
            "new" if each.is_new else "lost",
            markdown(each.code),
            markdown(each.title or NO_TITLE),
        )
        for each in found.codes
    ]
    parts = [f"### {markdown(_subject(found))}", markdown(headline(found))]
    if rows:
        parts.append(_table(rows))
    return "\n\n".join(parts)


def _subject(found: Difference) -> str:
    """The task, and on which engine, or from which to which."""
    engines = dict.fromkeys(origin.engine.name or "engine" for origin in found.origins)
    return f"{found.origins[1].task} ({' → '.join(engines)})"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Cells as they are: the code 250.00 is no number, and its zeros count."""
    return tabulate(rows, ("letter", "", "code", "description"), tablefmt="github", disable_numparse=True)


def _pairs(snapshot: Snapshot) -> set[tuple[str, str, str | None]]:
    valid = {(name, code, title) for name, letter in snapshot.letters.items() for code, title in letter.valid.items()}
    return valid | {(name, code, None) for name, letter in snapshot.letters.items() for code in letter.invalid}


def _counted(pair: tuple[Count, Count]) -> str:
    old, new = pair
    way = "up" if (new.answers, new.in_all) > (old.answers, old.in_all) else "down"
    return f"{way}, {old.answers} → {new.answers} answers ({old.in_all} → {new.in_all} in all)"


def _by_letter(changes: Iterable[CodeChange]) -> dict[str, list[CodeChange]]:
    letters: dict[str, list[CodeChange]] = {}
    for change in changes:
        letters.setdefault(change.letter, []).append(change)
    return letters
