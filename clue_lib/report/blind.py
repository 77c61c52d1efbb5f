"""Where a run could show nothing: tasks that the baseline can't do."""

from collections.abc import Sequence

from clue_lib.judging import Verdict


def blind(verdicts: Sequence[Verdict]) -> str:
    """Which tasks the baseline shows no skill in, in a sentence; empty where it shows some in each."""
    skills: dict[str, list[bool]] = {}
    for verdict in verdicts:
        comparison = verdict.comparison
        if comparison is not None and comparison.signal is not None and not verdict.gate.is_of_run:
            skills.setdefault(verdict.gate.task, []).append(comparison.signal.lower > 0)
    unable = [task for task, known in skills.items() if not any(known)]
    if not unable:
        return ""
    tasks = f"{len(unable)} of {len(skills)} tasks ({', '.join(unable)})"
    return f"The base can't do {tasks}: a loss of what it can't do does not show there."
