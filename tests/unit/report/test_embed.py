"""The examples inside the page: whole, readable back, and small whatever their texts."""

import base64
import gzip
import json
import random
import string

import pytest

from clue_lib.report import embed, examples


def unpacked(packed):
    return json.loads(gzip.decompress(base64.b64decode(packed.text)))


@pytest.fixture(scope="module")
def frame(folder):
    return examples.read(folder / "examples.parquet")


def test_every_example_travels(frame):
    packed = embed.pack(frame)
    data = unpacked(packed)
    assert packed.n == data["n"] == len(frame)
    assert packed.width == embed.WIDTHS[0]
    names = data["names"]["task"]
    assert [names["values"][place] for place in names["at"]] == frame["task"].tolist()
    assert data["texts"]["candidate_text"][0] == frame["candidate_text"][0].strip("\n")
    assert data["clue"]["mednli"] == ["accuracy"]
    assert {"empty", "unparsed"} <= set(data["lower"])
    before, after = data["scores"]["accuracy"]
    for ours, theirs in ((before, frame["baseline.accuracy"]), (after, frame["candidate.accuracy"])):
        assert ours == [None if value != value else value for value in theirs]


def test_scores_keep_four_decimals(frame):
    scored = frame.head(2).copy()
    scored["baseline.accuracy"] = [1 / 3, None]
    assert unpacked(embed.pack(scored))["scores"]["accuracy"][0] == [0.3333, None]


def test_texts_are_cut_and_cleaned(frame):
    hostile = frame.head(1).copy()
    hostile["candidate_text"] = "\x1b[2J\u202e" + "x" * 10_000
    (text,) = unpacked(embed.pack(hostile))["texts"]["candidate_text"]
    assert text == "x" * (embed.WIDTHS[0] - 1) + "…"


def test_texts_that_do_not_compress_are_cut_shorter(frame, monkeypatch):
    draw = random.Random(0)
    noisy = frame.copy()
    noisy["candidate_text"] = ["".join(draw.choices(string.printable, k=2000)) for _ in range(len(frame))]
    whole = embed.pack(noisy)
    monkeypatch.setattr(embed, "LIMIT", len(whole.text) - 1)
    shorter = embed.pack(noisy)
    assert shorter.width < whole.width
    assert len(shorter.text) < len(whole.text)
    assert shorter.n == whole.n


def test_the_same_table_packs_to_the_same_text(frame):
    assert embed.pack(frame) == embed.pack(frame)


def test_packed_text_can_leave_no_script_element(attacked_folder):
    packed = embed.pack(examples.read(attacked_folder / "examples.parquet"))
    assert set(packed.text) <= set(string.ascii_letters + string.digits + "+/=")


def placed(frame, text, start, end):
    """Where the page is told that the answer was read, and the text that it shows."""
    row = frame.head(1).copy()
    row["candidate_text"], row["candidate_read_start"], row["candidate_read_end"] = text, float(start), float(end)
    data = unpacked(embed.pack(row))
    return data["places"]["candidate"][0], data["texts"]["candidate_text"][0]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("The answer is C.", 14, 15),
        ("\n\nC", 2, 3),
        ("\x1b[31mSo: \u202eC\x00 it is", 10, 11),
        ("\U0001f600 C", 2, 3),
    ],
)
def test_the_place_is_that_of_the_same_words_in_the_text_as_shown(frame, text, start, end):
    (first, last), shown = placed(frame, text, start, end)
    assert text[start:end] == shown[first:last] == "C"


def test_a_place_that_was_cut_away_or_cleaned_away_is_none(frame):
    assert placed(frame, "x" * 2000 + "C", 2000, 2001)[0] is None
    assert placed(frame, "a\u202eb", 1, 2)[0] is None
    place, shown = placed(frame, "I10, " * 1000, 0, 5000)
    assert place == [0, len(shown) - 1]  # all but the ellipsis


def test_passages_finish_reasons_and_thoughts_travel(frame):
    row = frame.head(1).assign(passages='[["a ","b\\u202e"," c"]]', baseline_thought="hm", baseline_thought_tokens=3)
    data = unpacked(embed.pack(row))
    assert data["passages"] == [[["a ", "b", " c"]]]
    assert data["texts"]["baseline_thought"] == ["hm"]
    assert data["thought_tokens"]["baseline"] == [3]
    assert data["names"]["candidate_finish_reason"]["values"] == ["stop"]


def test_opposites_travel_cut_and_cleaned(frame):
    text = '[["a number",["a ","5\\u202e",""],null],["side",["","left",""],["","right"," leg"]]]'
    row = frame.head(1).assign(candidate_opposites=text)
    data = unpacked(embed.pack(row))
    assert data["opposites"]["candidate"] == [
        [["a number", ["a ", "5", ""], None], ["side", ["", "left", ""], ["", "right", " leg"]]]
    ]
    assert data["opposites"]["baseline"] == [[]]
