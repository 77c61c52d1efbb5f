"""Whether figures of a gate.json can be true together: those of one gate, and the correction over all gates of a run.

Nothing here depends on how a gate is judged: it holds whatever the rule's version. Only the correction does not.
"""

from collections.abc import Iterator

from clue_lib.judging import RULES, Verdict, correct
from clue_lib.judging.early import evidence, rejects
from clue_lib.report.document import Document
from clue_lib.types import Early, Gate, Inference, Levels, Profile

TOLERANCE = 1e-9
"""By how much figures may miss each other: sums in another order differ by rounding, at most some 1e-13."""


def of_gate(verdict: Verdict) -> Iterator[str]:
    """What of a gate's figures can't be true beside its others, a phrase each; nothing where none was compared."""
    comparison = verdict.comparison
    if comparison is None:
        return
    yield from _bounds(comparison.inference)
    yield from _p(comparison.inference.p, verdict.p_adjusted)
    if comparison.levels is not None:
        yield from _levels(verdict.gate, comparison.levels, comparison.inference.delta)


def _bounds(inference: Inference) -> Iterator[str]:
    delta, lower, upper = inference.delta, inference.lower, inference.upper
    if not lower - TOLERANCE <= delta <= upper + TOLERANCE:
        yield f"its difference, {delta:.4g}, is not between its bounds, {lower:.4g} and {upper:.4g}"


def _p(p: float, corrected: float | None) -> Iterator[str]:
    if not 0 <= p <= 1:
        yield f"its p, {p:.4g}, is not between 0 and 1"
    if corrected is None or not p - TOLERANCE <= corrected <= 1:
        told = "none" if corrected is None else f"{corrected:.4g}"
        yield f"its p, {p:.4g}, is {told} after the correction, which only raises it, to 1 at most"


def _levels(gate: Gate, levels: Levels, delta: float) -> Iterator[str]:
    sign = 1 if gate.better == "higher" else -1
    by_levels = sign * (levels.candidate - levels.baseline)
    if abs(by_levels - delta) > TOLERANCE:
        yield f"its difference, {delta:.4g}, is not that of the two models' values, {by_levels:.4g}"


def of_early(early: Early, profile: Profile) -> Iterator[str]:
    """What of early rejection can't be true together: its evidence is that of its streams.

    A large one rejects whoever has not answered everything, and only a large one does.
    """
    if not early.is_in_force:
        return
    if not RULES[profile].rejects_early:
        yield (
            f"rejected early under {profile}, which does not do that"
            if early.is_rejected
            else f"in force under {profile}"
        )
    by_streams = evidence(early.streams)
    if abs(early.evidence - by_streams) > TOLERANCE * max(1.0, by_streams):
        yield f"early rejection: E is {early.evidence:.4g}, by its streams {by_streams:.4g}"
    if early.is_rejected and not rejects(early.evidence):
        yield f"rejected early, and E = {early.evidence:.4g} rejects no candidate"
    if early.state == "on":
        yield from _of_whole(early)
    if not 0 <= early.n_asked <= early.n_prompts or not 0 <= early.token_share <= 1:
        yield f"early rejection: {early.n_asked} of {early.n_prompts} prompts, {early.token_share:.4g} of the tokens"
    if any(stream.capital < 0 or stream.n < 0 for stream in early.streams):
        yield "early rejection: a stream's capital or count is below 0"


def _of_whole(early: Early) -> Iterator[str]:
    """What no run says whose candidate could be stopped and was not: it was asked everything, and looked at."""
    if not (0 < early.n_prompts == early.n_asked and early.n_looks > 0 and early.streams):
        looks = "1 look" if early.n_looks == 1 else f"{early.n_looks} looks"
        yield (
            f"not rejected early, and {early.n_asked} of {early.n_prompts} prompts were asked, with {looks} at "
            f"{len(early.streams)} streams: such a candidate is asked everything, and looked at"
        )
    if rejects(early.evidence) and early.n_asked < early.n_prompts:
        yield f"not rejected early, and E = {early.evidence:.4g} rejects the candidate"


def of_correction(document: Document) -> Iterator[str]:
    """Each gate whose corrected p does not follow from all gates' own p.

    Nothing where the document may lack some of those that were corrected together: see `_may_lack_p`.
    """
    if _may_lack_p(document):
        return
    verdicts = document.verdicts
    compared = [(each, each.comparison) for each in verdicts if each.comparison is not None]
    pairs = [(verdict.gate, comparison) for verdict, comparison in compared]
    corrected = correct(pairs, is_early=document.run.early.is_in_force)
    for (verdict, _), p in zip(compared, corrected, strict=True):
        if verdict.p_adjusted is not None and abs(verdict.p_adjusted - p) > TOLERANCE:
            yield f"{verdict.gate.id}: its p is {verdict.p_adjusted:.4g} after the correction, by all gates' p {p:.4g}"


def of_count(document: Document) -> Iterator[str]:
    """That there are more gates than were selected, which no run has."""
    n, n_selected = len(document.verdicts), document.run.n_selected
    if n > n_selected:
        yield f"it has {n} gates, and says that {n_selected} were selected"


def _may_lack_p(document: Document) -> bool:
    """Whether a gate that was corrected with the others may be gone: not judged, or judged and ended in an error.

    A run with either is no pass: `ruling.shortfall` counts the gates, and an error fails a run under every profile.
    Monitors are in no family of the correction, so that an error in one takes no p away.
    """
    verdicts = document.verdicts
    has_error = any(each.outcome == "ERROR" and each.gate.role != "monitor" for each in verdicts)
    return has_error or len(verdicts) < document.run.n_selected
