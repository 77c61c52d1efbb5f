"""Finding each task's data: what lies below the data root, what is bundled, and what each is called."""

import gzip

import pytest

from clue_lib import datasets
from clue_lib.datasets import sources
from clue_lib.errors import DataError, MissingData
from clue_lib.tasks import TASKS

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc": FIPS 180-2, appendix B.1
NAME = "mli_test_v1.jsonl"


def put(path, content="abc"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_every_task_has_one_table():
    assert set(sources.entries()) >= set(TASKS)


BUNDLED = [task for task in TASKS if task != "mcq"]


@pytest.mark.parametrize("task", BUNDLED)
def test_every_table_names_a_bundled_file(task):
    assert (sources.BUNDLED_ROOT / sources.entries()[task].bundled).is_file()


@pytest.mark.parametrize("task", BUNDLED)
def test_bundled_data_is_used_without_a_root(task):
    source = datasets.find(task, None)
    assert source.path.is_file()
    assert (source.tier, source.label, source.licence) == ("bundled", "bundled", "Apache-2.0")


def test_a_task_without_any_file_is_missing_its_data_and_says_where_to_get_it(tmp_path):
    with pytest.raises(MissingData, match=r"mcq: no mcq\.jsonl below --data-root.*write it as mcq\.jsonl"):
        datasets.find("mcq", tmp_path)


def test_bundled_data_is_used_where_the_root_has_no_such_file(tmp_path):
    put(tmp_path / "other.jsonl")
    assert datasets.find("mednli", tmp_path) == datasets.find("mednli", None)


def test_file_is_found_at_any_depth_and_carries_its_tier(tmp_path):
    path = put(tmp_path / "deep" / "er" / NAME)
    source = datasets.find("mednli", tmp_path)
    assert (source.path, source.tier, source.digest) == (path, "credentialed", ABC)


@pytest.mark.parametrize("task", TASKS)
def test_file_of_another_digest_is_not_the_official_one(task, tmp_path):
    put(tmp_path / sources.entries()[task].files[0])
    assert datasets.find(task, tmp_path).label == "not the official file"


def test_copies_of_one_content_are_one_file(tmp_path):
    paths = [put(tmp_path / folder / NAME) for folder in ("b", "a")]
    assert datasets.find("mednli", tmp_path).path in paths


def test_gzipped_file_is_found_and_is_the_same_data(tmp_path):
    path = tmp_path / f"{NAME}.gz"
    path.write_bytes(gzip.compress(b"abc"))
    source = datasets.find("mednli", tmp_path)
    assert (source.path, source.digest) == (path, ABC)
    assert datasets.find("mednli", put(tmp_path / NAME).parent).digest == ABC


@pytest.mark.parametrize("content", [b"", gzip.compress(b"abc")[:-1]], ids=["empty", "cut off"])
def test_empty_or_cut_off_file_is_told_when_it_is_found(tmp_path, content):
    path = tmp_path / f"{NAME}.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="download it again") as caught:
        datasets.find("mednli", tmp_path)
    assert str(caught.value).startswith(f"{path}:")


def test_different_files_of_the_name_are_one_line_that_names_both(tmp_path):
    paths = [put(tmp_path / folder / NAME, content=folder) for folder in ("a", "b")]
    with pytest.raises(DataError, match="keep one") as caught:
        datasets.find("mednli", tmp_path)
    assert all(str(path) in str(caught.value) for path in paths)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing", NAME])
def test_root_that_is_no_folder_is_told(tmp_path, name):
    put(tmp_path / NAME)
    with pytest.raises(DataError, match="no such folder") as caught:
        datasets.find("mednli", tmp_path / name)
    assert f"--data-root={tmp_path / name}" in str(caught.value)


def test_root_that_holds_the_checkout_does_not_take_bundled_data_for_the_users():
    assert datasets.find("mednli", sources.BUNDLED_ROOT.parent).label == "bundled"


def test_folder_of_the_files_name_is_not_the_file(tmp_path):
    path = put(tmp_path / NAME / NAME)
    assert datasets.find("mednli", tmp_path).path == path
