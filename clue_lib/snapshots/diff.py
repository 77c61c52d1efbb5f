"""What became different between two snapshots, and whether that is more than another engine explains."""

from collections.abc import Mapping
from dataclasses import dataclass

from clue_lib.snapshots.record import COUNTERS, Count, Origin, Snapshot
from clue_lib.types import withheld

Pair = tuple[str, str, str | None]
"""A letter, a code, and the code's title, None of an invalid one."""


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


@withheld
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
    old_pairs, new_pairs = _pairs(old), _pairs(new)
    lost = [_change(pair, is_new=False) for pair in old_pairs - new_pairs]
    gained = [_change(pair, is_new=True) for pair in new_pairs - old_pairs]
    nothing = Count(answers=0, in_all=0)
    kinds = sorted({*old.hallucinations, *new.hallucinations})
    counts = {kind: (old.hallucinations.get(kind, nothing), new.hallucinations.get(kind, nothing)) for kind in kinds}
    return Difference(
        origins=(old.origin, new.origin),
        codes=tuple(sorted(lost + gained, key=lambda change: (change.letter, change.code, change.is_new))),
        counts={kind: (before, now) for kind, (before, now) in counts.items() if before != now},
        n_codes=len(old_pairs | new_pairs),
        n_answers=max(old.n_answers, new.n_answers),
    )


def obstacle(old: Origin, new: Origin) -> str:
    """In what but the engine two origins differ, so that the outputs can't be compared; empty where in nothing."""
    names = ("task", "model", "revision", "tier", "data", "questions", "scoring")
    return ", ".join(name for name in names if getattr(old, name) != getattr(new, name))


def _pairs(snapshot: Snapshot) -> set[Pair]:
    pairs: set[Pair] = set()
    for name, letter in snapshot.letters.items():
        pairs |= {(name, code, title) for code, title in letter.valid.items()}
        pairs |= {(name, code, None) for code in letter.invalid}
    return pairs


def _change(pair: Pair, *, is_new: bool) -> CodeChange:
    letter, code, title = pair
    return CodeChange(letter=letter, code=code, title=title, is_new=is_new)
