"""Snapshots on disk: how one is written and read, where it lies, which are unused."""

import json
from typing import get_args

import pytest
from coded_run import coded, taken
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib import snapshots
from clue_lib.errors import ReportError
from clue_lib.snapshots import Count, Letter, Origin, Snapshot
from clue_lib.types import Fingerprint, TaskRun, Tier

text = st.text(max_size=20)
digests = st.text("0123456789abcdef", min_size=8, max_size=64)
by_name = st.dictionaries(text, text, max_size=3)
counts = st.builds(Count, answers=st.integers(0, 500), in_all=st.integers(0, 5000))
letters = st.builds(Letter, valid=by_name, invalid=st.lists(text, max_size=3).map(tuple))
origins = st.builds(
    Origin,
    **dict.fromkeys(("task", "model"), text),
    tier=st.sampled_from(get_args(Tier)),
    **dict.fromkeys(("revision", "data", "questions"), digests),
    scoring=by_name,
    engine=st.builds(Fingerprint, name=st.none() | text, version=st.none() | text, order=st.none() | text),
)
any_snapshot = st.builds(
    Snapshot,
    origin=origins,
    n_answers=st.integers(0, 500),
    hallucinations=st.dictionaries(text, counts, max_size=3),
    letters=st.dictionaries(text, letters, max_size=5),
)


@given(any_snapshot)
def test_round_trip(snapshot):
    written = snapshots.encode(snapshot)
    assert snapshots.decode(written, "here") == snapshot
    assert snapshots.encode(snapshots.decode(written, "here")) == written


def test_files_begin_with_their_origin_and_are_sorted_below():
    written = json.loads(snapshots.encode(taken(coded({"b": ("I10", "A09"), "a": None}))))
    assert list(written) == ["origin", "n_answers", "hallucinations", "letters"]
    assert list(written["letters"]) == ["a", "b"]
    assert list(written["letters"]["b"]["valid"]) == ["A09", "I10"]


@given(st.text(), digests)
@example("../../etc/passwd", "0")
@example("CON", "0")
@example("", "0")
@example("\udc80", "0")
@example("a" * 300, "0")
def test_any_model_name_makes_a_safe_folder_name(model, revision):
    name = snapshots.folder_name(model, revision)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert not name.startswith("-")
    assert len(name) <= 80


@given(st.tuples(text, digests), st.tuples(text, digests))
@example(("a/b", "0"), ("a-b", "0"))
@example(("Base", "0"), ("base", "0"))
@example(("a", "0"), ("a", "1"))
@example(("a1", "0"), ("a", "10"))
@example(("\udc80", "0"), ("\udc81", "0"))
def test_other_models_and_revisions_have_other_names_also_where_case_does_not_count(one, other):
    names = {snapshots.folder_name(*each).lower() for each in (one, other)}
    assert len(names) == len({one, other})


def test_a_snapshot_of_the_own_engine_goes_before_those_of_others(tmp_path):
    first, own = (taken(coded({"a": None}), engine=Fingerprint(name=name)) for name in ("alpha", "vllm"))
    assert snapshots.find(tmp_path, own.origin) is None
    for snapshot, expected in ((first, "medisumcode.alpha.json"), (own, "medisumcode.vllm.json")):
        path = snapshots.path_in(tmp_path, snapshot.origin)
        path.parent.mkdir(exist_ok=True)
        path.write_text(snapshots.encode(snapshot), encoding="utf-8")
        assert snapshots.find(tmp_path, own.origin).name == expected
    assert snapshots.read(path) == own


def test_unused_are_other_revisions_unknown_tasks_and_files_that_are_none(tmp_path):
    def put(folder: str, run: TaskRun, **changed):
        snapshot = taken(run, **changed)
        path = snapshots.path_in(tmp_path, snapshot.origin) if not folder else tmp_path / folder / "misplaced.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(snapshots.encode(snapshot), encoding="utf-8")
        return path

    run = coded({"a": None})
    put("", run)
    put("", coded({"a": None}), engine=Fingerprint(name="vllm"))
    old = put("", run, revision="r0")
    misplaced = put("elsewhere", run)
    torn = tmp_path / "elsewhere" / "torn.json"
    torn.write_text("{")
    assert snapshots.unused(tmp_path, model="base", revision="r1") == sorted([old, misplaced, torn])
    assert snapshots.unused(tmp_path, model="another", revision="r1") == sorted([misplaced, torn])
    assert snapshots.unused(tmp_path / "none", model="base", revision="r1") == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"origin": {}}', "\udcff"])
def test_a_file_that_is_no_snapshot_is_a_line_that_says_so(tmp_path, content):
    path = tmp_path / "medisumcode.vllm.json"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ReportError, match=r"medisumcode\.vllm\.json: no snapshot .*--snapshot-update"):
        snapshots.read(path)
    with pytest.raises(ReportError, match="No such file"):
        snapshots.read(tmp_path / "absent.json")
