"""MeDiSumCode from MIMIC-IV: which codes are gold, which letters are drawn, and that all else is counted.

ICD-9-CM counterparts are those of the CMS General Equivalence Mappings: 401.9 → I10, 250.00 → E11.9, 365.70 → NoDx,
365.11 → H40.11X4, which no release has had since October 2016. The titles are those of ICD-10-CM April 2026.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clue_lib.datasets import build_medisumcode
from clue_lib.datasets.readers import objects
from clue_lib.errors import DataError

HYPERTENSION = {"code": "I10", "description": "Essential (primary) hypertension"}
DIABETES = {"code": "E119", "description": "Type 2 diabetes mellitus without complications"}
COVID = {"code": "U071", "description": "COVID-19"}
MISSING = "not in ICD-10-CM April 2026"


def build(folder, n=10, seed=0):
    return build_medisumcode.build(folder, n=n, seed=seed)


def test_gold_is_valid_icd10_codes_in_the_billed_order_and_the_others_are_counted(make_mimic):
    rows = [(3, "25000", 9), (1, "u07.1", 10), (2, "I10", 10), (4, "4019", 9), (5, "36570", 9), (6, "XXXX", 9)]
    rows += [(7, "36511", 9), (8, "Z9999", 10), (9, "1", 10), (10, "A00-A09", 10), (11, "4019", 10)]
    built = build(make_mimic([("7", "DS", "Letter")], [("7", *row) for row in rows]))
    assert built.records == ({"hadm_id": "7", "text": "Letter", "icd_codes": [COVID, HYPERTENSION, DIABETES]},)
    assert built.dropped == {
        "codes of those drawn: repeated": 1,
        "codes of those drawn: ICD-9-CM without a counterpart": 2,
        f"codes of those drawn: counterpart {MISSING}": 1,
        f"codes of those drawn: {MISSING}": 4,
    }


def test_rows_of_an_admission_need_not_stand_together(make_mimic):
    letters = [("1", "DS", "One"), ("2", "DS", "Two")]
    built = build(make_mimic(letters, [("2", 1, "I10", 10), ("1", 1, "I10", 10), ("2", 2, "U071", 10)]))
    assert [(record["hadm_id"], record["icd_codes"]) for record in built.records] == [
        ("2", [HYPERTENSION, COVID]),
        ("1", [HYPERTENSION]),
    ]


SIX = [(str(number), "DS", f"Letter {number}") for number in range(1, 7)]
CODED = [(admission, 1, "I10", 10) for admission, *_ in SIX]


# By `printf SEED:ID | sha256sum` (GNU coreutils 9.1): 0:4 48f0, 0:3 76d3, 0:2 9328, 0:6 a79a, 0:5 cc0c, 0:1 ef13.
# With seed 1: 4 492a, 2 673a, 3 85f2, 1 d6b5; 5 and 6 have no diagnosis there.
@pytest.mark.parametrize(
    ("n", "seed", "n_coded", "drawn"), [(3, 0, 6, "432"), (9, 0, 6, "432651"), (3, 1, 4, "423"), (9, 1, 4, "4231")]
)
def test_letters_are_drawn_by_hash_of_seed_and_admission(make_mimic, n, seed, n_coded, drawn):
    built = build(make_mimic(SIX, CODED[:n_coded]), n, seed)
    assert "".join(str(record["hadm_id"]) for record in built.records) == drawn
    left = {"letters: not drawn": n_coded - len(drawn), "letters: no valid code": 6 - n_coded}
    assert built.dropped == {reason: count for reason, count in left.items() if count}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.permutations(SIX), st.integers(0, 9), st.integers(1, 6))
def test_choice_does_not_depend_on_the_files_order_and_more_letters_keep_the_fewer(make_mimic, letters, seed, n):
    found = build(make_mimic(letters, CODED), n, seed).records
    assert found == build(make_mimic(SIX, CODED), 6, seed).records[:n]


def test_written_lines_are_read_back(make_mimic, tmp_path):
    built = build(make_mimic([("7", "DS", 'A "quote"\n\n\u2028é')], [("7", 1, "I10", 10)]))
    (tmp_path / "f.jsonl").write_bytes(built.lines)
    assert [record for _, record in objects(tmp_path / "f.jsonl")] == list(built.records)


def test_files_without_a_letter_to_draw_are_one_line(make_mimic):
    folder = make_mimic([("7", "DS", "Letter")], [("8", 1, "I10", 10)])
    with pytest.raises(DataError, match="are they a pair"):
        build(folder)


def test_notes_say_what_is_being_read(make_mimic):
    notes = []
    build_medisumcode.build(make_mimic(SIX, CODED), n=1, seed=0, on_note=notes.append)
    assert len(notes) == 3
    assert all(note.startswith("reading ") for note in notes)
