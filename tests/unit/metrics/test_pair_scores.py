"""Scores on disk: kept by name, found again, whoever else writes."""

import sqlite3
from contextlib import closing

import pytest

from clue_lib import sealed
from clue_lib.errors import StoreError
from clue_lib.metrics.pair_scores import PairScores

SCORES = {("the answer", "the reference"): 0.1, ("b", "c"): 1 / 3}


def test_found_again_exactly_by_another_process_signature_and_order(tmp_path):
    PairScores(tmp_path, "one").add(SCORES)
    again = PairScores(tmp_path, "one")
    assert again.get([*SCORES, ("c", "b"), ("bc", "")]) == SCORES
    assert PairScores(tmp_path, "two").get(SCORES) == {}


def test_what_is_known_stays(tmp_path):
    store = PairScores(tmp_path, "one")
    store.add(SCORES)
    store.add({("b", "c"): 0.5, ("d", "e"): 0.5})
    assert store.get([("b", "c"), ("d", "e")]) == {("b", "c"): 1 / 3, ("d", "e"): 0.5}


def test_no_text_is_kept_and_names_differ_between_folders(tmp_path):
    names = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        store = PairScores(folder, "signature")
        store.add(SCORES)
        names.append(store._name(("b", "c")))
        assert not any(b"answer" in path.read_bytes() for path in folder.iterdir())
        assert (folder / "key").stat().st_mode & 0o077 == 0
    assert names[0] != names[1]


def test_interrupted_addition_leaves_nothing(tmp_path):
    class Interrupted(dict):
        def items(self):
            yield ("a", "b"), 0.5
            raise KeyboardInterrupt

    store = PairScores(tmp_path, "one")
    with pytest.raises(KeyboardInterrupt):
        store.add(Interrupted())
    assert store.get([("a", "b")]) == {}


@pytest.fixture
def told():
    """What was told of damaged files."""
    lines = []
    with sealed.telling(lines.append):
        yield lines


def test_damaged_file_is_told_in_one_line_and_replaced(tmp_path, told):
    store = PairScores(tmp_path, "one")
    store.path.write_bytes(b"not a database" * 100)
    assert store.get(SCORES) == {}
    assert len(told) == 1
    assert "not a database; not read, and computed again" in told[0]
    store.add(SCORES)
    assert store.get(SCORES) == SCORES


def test_no_flipped_byte_changes_a_score(tmp_path, told):
    store = PairScores(tmp_path, "one")
    store.add(SCORES)
    whole = store.path.read_bytes()
    used = [place for place in range(len(whole)) if whole[place]]
    for place in used:
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        store.path.write_bytes(damaged)
        for pair, score in store.get(SCORES).items():
            assert score == SCORES[pair], place
    assert len(used) > 50
    assert told


def test_damaged_score_is_computed_and_kept_again(tmp_path, told):
    store = PairScores(tmp_path, "one")
    store.add(SCORES)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute("UPDATE f SET value = 0.9")
    assert store.get(SCORES) == {}
    assert told == [f"{store.path}: 2 damaged scores; not read, and computed again"]
    store.add(SCORES)
    assert store.get(SCORES) == SCORES


def test_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match=r"file: .*; name a folder that can be written"):
        PairScores(tmp_path / "file", "one")
