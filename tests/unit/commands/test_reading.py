"""`read`: what is shown of a text of one's own, and the exit code."""

import io

import pytest


@pytest.fixture
def read(run):
    """Runs the command; its lines."""

    def call(*arguments, code=0):
        result, out, err = run("read", *arguments)
        assert (result, err) == (code, "")
        return out.splitlines()

    return call


def test_an_option_with_its_place_and_all_that_is_named(read):
    lines = read("option", "A is wrong.\nSo it is **C**.")
    assert lines[0] == "answer: C"
    assert lines[1].startswith("read:   it is said to be so, characters 24 to 24: So it is **⟨C⟩**.")
    assert lines[2:4] == ["plain:  A is wrong.", "        So it is C."]
    assert lines[5].split() == ["at", "names", "by", "said", "in"]
    assert [line.split()[:4] for line in lines[6:]] == [
        ["1–1", "A", "letter", "denied"],
        ["24–24", "C", "letter", "asserted"],
    ]


def test_options_of_ones_own(read):
    assert read("option", "It is gout.", "--options", "asthma", "gout")[0] == "answer: B"
    assert read("option", "It is gout.", code=1)[0] == "answer: none: no option"


def test_a_label_and_codes(read):
    assert read("mednli", "The premise contradicts it.")[0] == "answer: contradiction"
    assert read("icd", "I10, e119")[0] == "answer: I10, E11.9"


def test_what_the_limit_cut_decides_less(read):
    assert read("mednli", "The premise contradicts it")[0] == "answer: contradiction"
    assert read("mednli", "The premise contradicts it", "--cut", code=1)[0] == "answer: none: no label"


def test_the_text_may_come_from_standard_input(read, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("<think>It is A.</think>\nC"))
    assert read("option", "-")[0] == "answer: C"
