"""Holds a run's gates, outcomes and waivers against the thresholds file that they are said to come from."""

from collections.abc import Iterator, Mapping

from clue_lib.judging import Thresholds, Verdict, outcomes
from clue_lib.report.document import Document
from clue_lib.types import Gate

RULED = ("role", "margin", "floor", "ceiling", "table")
"""What of a gate the file decides."""


def disagreements(document: Document, thresholds: Thresholds, *, is_same_suite: bool) -> list[str]:
    """What of the run is not as the file has it, a phrase each; nothing where all is.

    Gates of tasks of the user's own are not the file's. Whether there is such a gate at all, and which outcome its
    figures have, is asked only where the same suite judged: another may have other gates.
    """
    by_id = {gate.id: gate for gate in thresholds.gates}
    found: list[str] = []
    for verdict in document.verdicts:
        gate = by_id.get(verdict.gate.id)
        found += [] if gate is None else _of_rule(verdict.gate, gate)
        if is_same_suite:
            found += _of_id(verdict.gate, by_id)
            found += _of_outcome(verdict, thresholds)
    known = {*thresholds.waivers, *thresholds.later}
    found += [f"the file has no such waiver of {each.gate}" for each in document.run.waivers if each not in known]
    return found


def left_out(document: Document, thresholds: Thresholds) -> list[str]:
    """The gates of the run's tasks that may fail a run, and of which the run says nothing: not selected, or taken out.

    In the order of the file; gates over several tasks are among them.
    """
    tasks = {task.name for task in document.run.tasks}
    told = {verdict.gate.id for verdict in document.verdicts}
    of_tasks = [gate for gate in thresholds.gates if gate.task in tasks or gate.is_of_run]
    return [gate.id for gate in of_tasks if gate.role != "monitor" and gate.id not in told]


def is_own(gate: Gate) -> bool:
    """Whether the gate is of a task of the user's own, which may bring its rule along."""
    return gate.id.startswith("custom.")


def _of_rule(told: Gate, gate: Gate) -> Iterator[str]:
    for name in RULED:
        value, true = getattr(told, name), getattr(gate, name)
        if value != true:
            yield f"{told.id}: its {name} is {_word(value)}, the file's is {_word(true)}"


def _word(value: object) -> str:
    return "none" if value is None else str(value)


def _of_id(told: Gate, by_id: Mapping[str, Gate]) -> Iterator[str]:
    if told.id not in by_id and not is_own(told):
        yield f"{told.id}: the file has no such gate"


def _of_outcome(verdict: Verdict, thresholds: Thresholds) -> Iterator[str]:
    """What the file's policy makes of the figures; a gain that neither model's skill explains may have no signal."""
    if verdict.comparison is None or verdict.p_adjusted is None:
        return
    outcome, _ = outcomes.decide(verdict.gate, verdict.comparison, verdict.p_adjusted, thresholds.policy)
    is_unexplained = outcome == "IMPROVED" and verdict.outcome == "NO SIGNAL"  # the candidate's skill is not told
    if verdict.outcome != outcome and not is_unexplained:
        yield f"{verdict.gate.id}: it says {verdict.word}, its figures and the file's policy say {outcome or 'nothing'}"
