"""The whole run: CLUE's averages, the families of failure modes, and whether all gated metrics together fell."""

OVER_TASKS = True


def test_meets_baseline(verdict):
    assert verdict.ok, verdict.explain()
