"""Which tasks' data may stand together, and which tasks count in what is judged over all."""

import pytest

from clue_lib.errors import PairingError
from clue_lib.judging.together import counted, is_mixed, joint_tier


def test_only_bundled_examples_among_real_ones_are_a_mixture():
    assert not is_mixed([])
    assert not is_mixed(["bundled", "bundled"])
    assert not is_mixed(["public", "credentialed"])
    assert is_mixed(["public", "bundled"])


def test_real_data_counts_alone_where_there_is_any():
    bundled = {"mednli": "bundled", "meqsum": "bundled"}
    assert counted(bundled) == ("mednli", "meqsum")
    assert counted(bundled | {"nejm": "licensed"}) == ("nejm",)
    assert counted({}) == ()


def test_a_monitored_task_and_a_users_own_never_count():
    """Not even where they alone have real data."""
    assert counted({"mednli": "bundled", "mcq": "public", "toy_notes": "public"}) == ("mednli",)


def test_bundled_examples_are_never_pooled_with_others():
    assert joint_tier(["public", "credentialed", "licensed"], "level1") == "credentialed"
    assert joint_tier(["bundled", "bundled"], "level1") == "bundled"
    with pytest.raises(
        PairingError, match=r"^level1: bundled and real data are never averaged together; leave one of them out$"
    ):
        joint_tier(["bundled", "public"], "level1")
