"""Whether what stands above the gates of a gate.json follows from the gates, and their outcomes from their figures."""

from collections.abc import Iterator

from clue_lib.judging import Verdict, ruling
from clue_lib.judging.profiles import fails
from clue_lib.report import coherence
from clue_lib.report.document import Document
from clue_lib.report.signature import signature
from clue_lib.types import Gate, Inference


def disagreements(document: Document) -> list[str]:
    """What of the document does not follow from the rest, a phrase each; nothing where all does.

    Outcomes are held against figures as far as these tell: the policy that decided is in the thresholds file. A gate's
    floor and ceiling, and who waived it, may turn what its outcome says. Gates that another version's rule judged are
    held only against what holds by any rule: see `is_of_this_rule`.
    """
    run, verdicts = document.run, document.verdicts
    found = []
    state = ruling.state(run, verdicts)
    passed = ruling.passed(run, verdicts)
    headline = ruling.headline(run, verdicts)
    if document.state != state:
        found.append(f"it says {document.state}, its gates say {state}")
    if document.passed != passed:
        found.append(f"it says passed = {_word(document.passed)}, its gates say {_word(passed)}")
    if document.headline != headline:
        found.append(f"its headline does not follow from its gates, which say: {headline}")
    found += coherence.of_count(document)
    of_gate = _of_gate if is_of_this_rule(document) else _of_gate_by_any_rule
    found += [f"{verdict.gate.id}: {what}" for verdict in verdicts for what in of_gate(document, verdict)]
    if is_of_this_rule(document):
        found += coherence.of_correction(document)
        found += _of_signature(document)
    found += coherence.of_early(run.early, run.profile)
    return found


def is_of_this_rule(document: Document) -> bool:
    """Whether the gates were judged by the rule that this version knows, so that all of `disagreements` applies."""
    return document.run.rule == ruling.VERSION


def _word(passed: bool) -> str:
    return "true" if passed else "false"


def _of_signature(document: Document) -> Iterator[str]:
    own = signature(document.run, ruling.state(document.run, document.verdicts))
    if document.signature != own:
        yield "its one-line signature is another run's"


def _of_gate(document: Document, verdict: Verdict) -> Iterator[str]:
    gate, outcome, comparison = verdict.gate, verdict.outcome, verdict.comparison
    if comparison is None:
        if outcome not in {"NOT RUN", "NOT REACHED", "ERROR"}:
            yield f"{verdict.word}, and nothing was compared"
        elif outcome == "NOT REACHED" and not document.run.early.is_rejected:
            yield "NOT REACHED, and the candidate was not rejected early"
    elif gate.role == "monitor":
        if outcome is not None:
            yield f"{outcome}, and it is only monitored"
    elif contradiction := _contradicts(gate, verdict, comparison.inference):
        yield contradiction
    yield from coherence.of_gate(verdict)
    expected = not fails(document.run.profile, gate, outcome, comparison)
    has_limits = gate.floor is not None or gate.ceiling is not None
    if _is_wrongly_ok(document, verdict):
        yield _says_ok(document, verdict)
    if expected and not verdict.ok and not (has_limits and comparison is not None):
        yield f"{verdict.word} fails no run under {document.run.profile}, and it says not ok"


def _of_gate_by_any_rule(document: Document, verdict: Verdict) -> Iterator[str]:
    """A loss or an error that fails a run is ok by no rule, and no rule makes a difference lie outside its bounds."""
    yield from coherence.of_gate(verdict)
    if verdict.outcome in {"REGRESSED", "ERROR"} and _is_wrongly_ok(document, verdict):
        yield _says_ok(document, verdict)


def _is_wrongly_ok(document: Document, verdict: Verdict) -> bool:
    """Whether it says ok, and the profile fails it, and nobody waived it; what was not compared can't be waived."""
    gate, comparison = verdict.gate, verdict.comparison
    is_waived = comparison is not None and any(waiver.gate == gate.id for waiver in document.run.waivers)
    return verdict.ok and not is_waived and fails(document.run.profile, gate, verdict.outcome, comparison)


def _says_ok(document: Document, verdict: Verdict) -> str:
    return f"{verdict.word} fails a run under {document.run.profile}, and it says ok"


def _contradicts(gate: Gate, verdict: Verdict, inference: Inference) -> str:
    comparison = verdict.comparison
    is_same = comparison is not None and comparison.n_worse == comparison.n_better == inference.delta == 0
    by_figures = {
        "IDENTICAL": is_same,
        "IMPROVED": inference.lower > 0,
        "HELD": inference.lower > -gate.margin,
        "REGRESSED": inference.delta < -gate.margin and inference.lower <= -gate.margin,
        "UNDECIDED": not is_same,
        "NO SIGNAL": True,
    }
    if by_figures.get(verdict.word, False):
        return ""
    return f"{verdict.word} does not follow from its figures (difference {inference.delta:.4g}, margin {gate.margin:g})"
