"""Snapshots: what is taken of a run, how it is written and read, where it lies."""

import json
import random
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib import snapshots
from clue_lib.errors import ReportError
from clue_lib.metrics import METRICS
from clue_lib.snapshots import Count, Letter, Origin, Snapshot
from clue_lib.types import Example, Fingerprint, Generation, Parsed, Response, TaskRun, Tier, Unparsed

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


def coded(answers: dict[str, tuple[str, ...] | None]) -> TaskRun:
    """A run of MeDiSumCode: letter → the codes read from the answer, None where none could be read."""
    responses = tuple(
        Response(
            example=Example(id=id_, cluster=id_, fields={}, gold=("I10",)),
            generation=Generation(text="secret", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
            answer=Unparsed(reason="no code") if named is None else Parsed(value=named),
        )
        for id_, named in answers.items()
    )
    return TaskRun(
        task="medisumcode",
        model="base",
        tier="bundled",
        engine="scripted 1",
        responses=responses,
        gold_digests=("",) * len(responses),
        prompt_digests=tuple(f"asked {id_}" for id_ in answers),
        scores={"invalid_codes": tuple(METRICS["invalid_codes"].score(responses))},
        signatures={"invalid_codes": "invalid_codes|v1"},
    )


def taken(run: TaskRun, **changed) -> Snapshot:
    return snapshots.take(run, **({"revision": "r1", "data": "d1", "engine": Fingerprint(name="scripted")} | changed))


def test_letters_have_their_valid_codes_with_titles_and_their_invalid_ones():
    # Titles as the CDC's ICD-10-CM tabular list prints them; E11.99 and Q99.99 do not stand in it.
    found = taken(coded({"b": ("Q99.99", "I10", "E11.99", "E11.9"), "a": None, "c": ("I10",)}))
    assert found.letters == {
        "a": Letter(valid={}, invalid=()),
        "b": Letter(
            valid={
                "E11.9": "Type 2 diabetes mellitus without complications",
                "I10": "Essential (primary) hypertension",
            },
            invalid=("E11.99", "Q99.99"),
        ),
        "c": Letter(valid={"I10": "Essential (primary) hypertension"}, invalid=()),
    }
    assert found.hallucinations == {"invalid_codes": Count(answers=1, in_all=2)}
    assert found.n_answers == 3


def test_no_text_of_an_answer_is_kept():
    assert "secret" not in snapshots.encode(taken(coded({"a": ("I10",), "b": None})))


def test_letters_are_named_as_asked():
    assert list(taken(coded({"a": None}), name_of=lambda id_: f"hash of {id_}").letters) == ["hash of a"]


def test_counts_only_the_first_of_repeated_drawings(task_run):
    # e0 is drawn twice, made up in the first drawing only; e1 twice, in the second only: one answer of two.
    run = task_run({"answered_unanswerable": [1.0, 0.0, 0.0, 1.0]}, n_repeats=2, task="longhealth_3")
    found = taken(run)
    assert found.n_answers == 2
    assert found.hallucinations == {"answered_unanswerable": Count(answers=1, in_all=1)}
    assert found.letters == {}


def test_of_an_example_that_a_metric_says_nothing_of_nothing_is_counted(task_run):
    found = taken(task_run({"answered_unanswerable": [None, 1.0]}))
    assert found.hallucinations == {"answered_unanswerable": Count(answers=1, in_all=1)}


def test_every_task_with_a_kind_of_hallucination_is_watched():
    assert set(snapshots.KINDS) == {"answered_unanswerable", "invalid_codes", "unsupported_concepts"}
    assert snapshots.WATCHED == ("problem_summary", "longhealth_3", "medisumqa", "medisumcode")
    assert set(snapshots.COUNTERS) <= set(snapshots.KINDS)


@given(any_snapshot)
def test_round_trip(snapshot):
    written = snapshots.encode(snapshot)
    assert snapshots.decode(written, "here") == snapshot
    assert snapshots.encode(snapshots.decode(written, "here")) == written


@given(
    st.dictionaries(text, st.none() | st.lists(st.sampled_from(["I10", "E11.9", "E99.99"])).map(tuple), max_size=6),
    st.randoms(use_true_random=False),
)
def test_order_is_irrelevant_and_repeating_a_code_adds_nothing(answers, rng: random.Random):
    mixed = list(answers.items())
    rng.shuffle(mixed)
    twice = {id_: named and (*reversed(named), *named) for id_, named in mixed}
    assert snapshots.encode(taken(coded(twice))) == snapshots.encode(taken(coded(answers)))


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
