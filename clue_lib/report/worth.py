"""What a verdict is worth: which planted defects the run would have noticed, and how many candidates were tried."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from clue_lib.report.columns import wrapped
from clue_lib.report.figures import WIDTH
from clue_lib.types import PlantedDefect, RunInfo

BEST_OF = {5: 17, 10: 25, 20: 34}
"""How often the best of so many candidates is held where each lies at a primary's margin, in percent; one is in 5.

Simulated: the largest of that many correlated estimates against one base."""

BLIND = "BERTScore was left as it was in planted answers."


def where(defect: PlantedDefect) -> str:
    """The task that the defect was planted in, or how many."""
    return defect.tasks[0] if len(defect.tasks) == 1 else f"{len(defect.tasks)} tasks"


def noticed_by(defect: PlantedDefect) -> str:
    """The gate that would have failed the run; or that none would, or that nothing changed."""
    return "changes no score here" if defect.is_inert else defect.gate or "NOT NOTICED"


def sentence(planted: Sequence[PlantedDefect]) -> str:
    """How many of the defects that changed a score would have failed this run; empty where none was planted."""
    able = [defect for defect in planted if not defect.is_inert]
    if not able:
        return ""
    n_noticed = sum(bool(defect.gate) for defect in able)
    return (
        f"Of {len(able)} defects planted in the base's own answers this run would have failed {n_noticed}; "
        "it would not have noticed the others."
    )


def lines(planted: Sequence[PlantedDefect], columns: int = WIDTH) -> list[str]:
    """The sentence, and below it every defect by whether it was noticed, for a terminal; nothing where none was."""
    if not (told := sentence(planted)):
        return []
    of_names = [line for text in _by_name(planted) for line in wrapped(text, columns, first="  ", rest="    ")]
    return [*wrapped(told, columns), *of_names]


def tries(info: RunInfo) -> str:
    """How many candidates were judged against this base, and what that means; empty for the first one."""
    if info.n_tries < 2:
        return ""
    chances = ", ".join(f"{percent} % for the best of {n}" for n, percent in BEST_OF.items())
    return (
        f"Try {info.n_tries} against this base on this data. The more candidates are tried, the likelier one that is "
        f"worse by just a margin is held by luck: 5 % for one candidate, {chances}."
    )


def _by_name(planted: Sequence[PlantedDefect]) -> Iterator[str]:
    """A line for each defect of several tasks, one for all that were planted in one task alone."""
    able = [defect for defect in planted if not defect.is_inert]
    for name, group in groupby(able, key=lambda defect: (defect.name, len(defect.tasks) == 1)):
        of_name = list(group)
        if len(of_name) == 1:
            by = "noticed by " if of_name[0].gate else ""
            yield f"{name[0]} in {where(of_name[0])}: {by}{noticed_by(of_name[0])}"
            continue
        seen = [where(defect) for defect in of_name if defect.gate]
        unseen = [where(defect) for defect in of_name if not defect.gate]
        parts = [("noticed in", seen), ("NOT noticed in", unseen)]
        told = "; ".join(f"{word} {', '.join(tasks)}" for word, tasks in parts if tasks)
        yield f"{name[0]} in one task: {told}"
