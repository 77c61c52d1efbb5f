"""MIMIC-IV's files: finding them, and reading letters and diagnoses from them."""

import shutil
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clue_lib.datasets import mimic
from clue_lib.datasets.mimic import Diagnosis, Letter
from clue_lib.errors import DataError

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1).filter(str.strip)


@pytest.mark.parametrize("wanted", [mimic.LETTERS, mimic.DIAGNOSES])
def test_file_is_found_below_any_folder_zipped_or_not(make_mimic, wanted):
    folder = make_mimic([])
    zipped = mimic.find(folder, wanted)
    assert zipped.name == wanted.split("/")[1]
    assert mimic.find(zipped.parent, wanted) == zipped
    plain = zipped.rename(zipped.with_suffix(""))
    assert mimic.find(folder, wanted) == plain


@pytest.mark.parametrize(("wanted", "source"), [(mimic.LETTERS, "mimic-iv-note"), (mimic.DIAGNOSES, "mimiciv")])
def test_missing_file_is_told_with_where_to_get_it(tmp_path, wanted, source):
    with pytest.raises(DataError, match=f"--mimic={tmp_path}: no {wanted} below it; .*physionet.org/content/{source}$"):
        mimic.find(tmp_path, wanted)


def test_missing_folder_and_two_releases_are_told(make_mimic, tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        mimic.find(tmp_path / "none", mimic.LETTERS)
    shutil.copytree(make_mimic([]), tmp_path / "both" / "2.2")
    shutil.copytree(make_mimic([]), tmp_path / "both" / "3.1")
    with pytest.raises(DataError, match=r"2 files discharge.csv.gz below it; name the folder of one release"):
        mimic.find(tmp_path / "both", mimic.LETTERS)


def test_letters_are_the_first_summary_of_each_admission_and_the_others_are_counted(make_mimic):
    rows = [("7", "AD", "Addendum"), ("7", "DS", "One\n\nmore"), ("8", "DS", " \n"), ("", "DS", "Two")]
    rows += [("7", "DS", "Again"), ("8", "DS", '"Three", é')]
    dropped = Counter()
    found = list(mimic.letters(mimic.find(make_mimic(rows), mimic.LETTERS), dropped))
    assert found == [
        Letter(note_id="2-DS-1", hadm_id="7", text="One\n\nmore"),
        Letter(note_id="6-DS-1", hadm_id="8", text='"Three", é'),
    ]
    assert dropped == {
        "letters: not a discharge summary": 1,
        "letters: no admission id, or no text": 2,
        "letters: second of its admission": 1,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example writes the files anew
@given(st.lists(TEXTS, max_size=5))
def test_any_text_is_read_as_it_was_written(make_mimic, texts):
    rows = [(str(number), "DS", text) for number, text in enumerate(texts)]
    found = mimic.letters(mimic.find(make_mimic(rows), mimic.LETTERS), Counter())
    assert [letter.text for letter in found] == texts


def test_diagnoses_are_text_in_one_spelling(make_mimic):
    rows = [("7", 1, "0010 ", 9), ("7", 2, "e11.9", 10)]
    found = mimic.diagnoses(mimic.find(make_mimic([], rows), mimic.DIAGNOSES))
    assert list(found) == [
        Diagnosis(hadm_id="7", rank=1, code="0010", version="9"),
        Diagnosis(hadm_id="7", rank=2, code="E119", version="10"),
    ]


@pytest.mark.parametrize("row", [("", 1, "I10", 10), ("7", "", "I10", 10), ("7", "x", "I10", 10), ("7", 1, "I10", 11)])
def test_diagnosis_without_admission_place_or_version_is_one_line_that_names_the_row(make_mimic, row):
    path = mimic.find(make_mimic([], [("7", 1, "I10", 10), row]), mimic.DIAGNOSES)
    with pytest.raises(DataError) as caught:
        list(mimic.diagnoses(path))
    assert str(caught.value) == (
        f"{path}:3: needs hadm_id, a whole seq_num and icd_version 9 or 10; download the file again"
    )
