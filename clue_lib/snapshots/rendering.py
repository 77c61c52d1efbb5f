"""What became different between two snapshots, in words: for a terminal, for a test run, for a pull request."""

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from clue_lib.snapshots.diff import CodeChange, Difference
from clue_lib.snapshots.record import Count
from clue_lib.text import markdown, printable
from clue_lib.types import PRIVATE_TIERS

NO_TITLE = "invalid: no such code in the release"
"""Stands where a valid code has its title."""


def headline(difference: Difference) -> str:
    """One line: how many codes of how many letters, and each kind's counts."""
    parts = [_codes(difference.codes)] if difference.codes else []
    parts += [f"{name} {_counted(*counts)}" for name, counts in difference.counts.items()]
    return f"{_subject(difference)}: {'; '.join(parts) or 'no difference'}"


def _codes(changes: Sequence[CodeChange]) -> str:
    gained = [change for change in changes if change.is_new]
    n_invalid = sum(change.title is None for change in gained)
    n_letters = len({change.letter for change in changes})
    letters = f"{n_letters} letter{'s' if n_letters > 1 else ''}"
    return f"codes {len(gained)} new ({n_invalid} invalid), {len(changes) - len(gained)} lost, in {letters}"


def lines(difference: Difference) -> list[str]:
    """For a terminal: the headline, then letter by letter its new (+) and lost (-) codes with their titles."""
    shown = [printable(headline(difference))]
    width = max((len(printable(change.code)) for change in difference.codes), default=0)
    for letter, changes in _by_letter(difference.codes).items():
        shown.append(f"  {printable(letter)}")
        for each in changes:
            sign = "+" if each.is_new else "-"
            shown.append(f"    {sign} {printable(each.code):{width}}  {printable(each.title or NO_TITLE)}")
    return shown


def public_lines(difference: Difference) -> list[str]:
    """For a terminal: as `lines`, but of data under an agreement the headline alone."""
    withheld = _withheld(difference)
    return [printable(headline(difference)), f"  {withheld}"] if withheld else lines(difference)


def as_markdown(difference: Difference) -> str:
    """A heading, the headline, and one row per new or lost code; none of data under an agreement."""
    parts = [f"### {markdown(_subject(difference))}", markdown(headline(difference))]
    if withheld := _withheld(difference):
        return "\n\n".join([*parts, withheld])
    rows = [
        (
            markdown(each.letter),
            "new" if each.is_new else "lost",
            markdown(each.code),
            markdown(each.title or NO_TITLE),
        )
        for each in difference.codes
    ]
    if rows:
        parts.append(_table(rows))
    return "\n\n".join(parts)


def _withheld(difference: Difference) -> str:
    """Why codes are not shown; empty where they may be."""
    tiers = [origin.tier for origin in difference.origins if origin.tier in PRIVATE_TIERS]
    return f"codes by letter are withheld: the data is {tiers[0]}" if tiers and difference.codes else ""


def _subject(difference: Difference) -> str:
    """The task, and on which engine, or from which to which."""
    engines = dict.fromkeys(origin.engine.name or "engine" for origin in difference.origins)
    return f"{difference.origins[1].task} ({' → '.join(engines)})"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Cells as they are: the code 250.00 is no number, and its zeros count."""
    return tabulate(rows, ("letter", "", "code", "description"), tablefmt="github", disable_numparse=True)


def _counted(old: Count, new: Count) -> str:
    way = "up" if (new.answers, new.in_all) > (old.answers, old.in_all) else "down"
    return f"{way}, {old.answers} → {new.answers} answers ({old.in_all} → {new.in_all} in all)"


def _by_letter(changes: Iterable[CodeChange]) -> dict[str, list[CodeChange]]:
    letters: dict[str, list[CodeChange]] = {}
    for change in changes:
        letters.setdefault(change.letter, []).append(change)
    return letters
