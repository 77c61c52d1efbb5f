"""Multiple choice of the user's own: shown beside the clinical tasks, since it may rise where they fall."""

from clue_lib.tasks.mcq import TASK


def test_is_shown(verdict):
    assert verdict.ok, verdict.explain()
