"""GPUs are shared by file locks: nobody gets one that another holds, nobody gets less than asked for."""

import threading

import pytest

from clue_lib.engines import slots

GPUS = ("0", "GPU-8f2a/1", "2")


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    """The locks of this machine's real sessions are left alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_as_many_as_asked_for_and_different_ones():
    with slots.claim(GPUS, 2) as first, slots.claim(GPUS, 1) as second:
        assert (len(first), len(second)) == (2, 1)
        assert set(first) | set(second) == set(GPUS)


def test_none_asked_for_is_none_held():
    with slots.claim((), 0) as none:
        assert none == ()


def test_who_comes_late_waits_until_enough_are_free():
    order = []

    def late():
        with slots.claim(GPUS, 3) as taken:
            order.append(("late", len(taken)))

    with slots.claim(GPUS, 1):
        waiting = threading.Thread(target=late)
        waiting.start()
        waiting.join(3 * slots.POLL)
        assert waiting.is_alive()
        with slots.claim(GPUS, 2):  # what the waiting one could not use it does not hold
            order.append(("early", 2))
    waiting.join(10)
    assert order == [("early", 2), ("late", 3)]


def test_an_error_gives_them_back():
    with pytest.raises(KeyError), slots.claim(GPUS, 3):
        raise KeyError
    with slots.claim(GPUS, 3) as taken:
        assert taken == GPUS
