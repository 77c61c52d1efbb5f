"""What a verdict is worth, in sentences: planted defects noticed or not, and how often was tried."""

from clue_lib.report import worth
from clue_lib.types import PlantedDefect

PLANTED = (
    PlantedDefect(name="empty", tasks=("mednli", "jama"), gate="level1.mednli.empty"),
    PlantedDefect(name="negations", tasks=("meqsum",)),
    PlantedDefect(name="inert", tasks=("jama",), is_inert=True),
    PlantedDefect(name="5 points lost", tasks=("mednli",), gate="level1.mednli.accuracy"),
    PlantedDefect(name="5 points lost", tasks=("jama",)),
)


def test_an_inert_defect_is_not_missed():
    """Of four that changed a score two were noticed."""
    assert worth.sentence(PLANTED).startswith(
        "Of 4 defects planted in the base's own answers this run would have failed 2;"
    )
    assert worth.sentence(PLANTED[2:3]) == worth.sentence(()) == ""


def test_defects_of_one_name_share_a_line():
    shown = worth.lines(PLANTED)
    assert "  empty in 2 tasks: noticed by level1.mednli.empty" in shown
    assert "  negations in meqsum: NOT NOTICED" in shown
    assert "  5 points lost in one task: noticed in mednli; NOT noticed in jama" in shown
    assert max(map(len, shown)) <= 80
    assert worth.lines(()) == []


def test_the_first_try_needs_no_warning(info):
    assert worth.tries(info()) == ""
    assert worth.tries(info(n_tries=5)).startswith("Try 5 against this base on this data. ")
