"""Where a run could show nothing: tasks that the baseline can't do, or did not come to answer."""

from collections.abc import Sequence

from clue_lib.judging import Verdict
from clue_lib.types import TaskThoughts


def blind(verdicts: Sequence[Verdict], thoughts: Sequence[TaskThoughts] = ()) -> str:
    """Which tasks the baseline shows no skill in, in sentences; empty where it shows some in each.

    Where most of its `thoughts` did not end, that is why: whether it can do the task is not known.
    """
    skills: dict[str, list[bool]] = {}
    for verdict in verdicts:
        comparison = verdict.comparison
        if comparison is not None and comparison.signal is not None and not verdict.gate.is_of_run:
            skills.setdefault(verdict.gate.task, []).append(comparison.signal.lower > 0)
    unable = [task for task, known in skills.items() if not any(known)]
    without_answers = {task.task for task in thoughts if task.baseline.are_cut_short}
    silent = [task for task in unable if task in without_answers]
    unskilled = [task for task in unable if task not in without_answers]
    sentences = []
    if silent:
        why = "most of the base's thoughts did not end, so it gave no answer"
        sentences.append(f"In {_some(silent, len(skills))} {why}: raise --thinking-budget.")
    if unskilled:
        tasks = _some(unskilled, len(skills))
        sentences.append(f"The base can't do {tasks}: a loss of what it can't do does not show there.")
    return " ".join(sentences)


def _some(tasks: Sequence[str], n: int) -> str:
    return f"{len(tasks)} of {n} tasks ({', '.join(tasks)})"
