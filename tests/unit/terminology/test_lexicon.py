"""Lexicon files, and the stored vocabulary."""

import gzip
import json
import re
import tracemalloc

import pytest

from clue_lib import files
from clue_lib.errors import DataError
from clue_lib.terminology import lexicon

LINES = "term\tconcept_ids\nGout attacks\tD:1|M:2\ngout\tM:2\nfebrile\tD:3\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "lexicon.tsv"
    path.write_text(LINES, encoding="utf-8")
    return path


def test_of_several_ids_the_one_of_most_terms_counts(path):
    assert lexicon.read(path) == {"gout attack": "M:2", "gout": "M:2", "febrile": "D:3"}


def test_gzip_reads_alike(path, tmp_path):
    packed = tmp_path / "lexicon.tsv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert lexicon.read(packed) == lexicon.read(path)


PACKED = gzip.compress(LINES.encode() * 9, mtime=0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (PACKED[:-9], "the gzip stream is cut off or damaged, here or soon after; copy or download it again"),
        (PACKED[:12] + b"\xff\xff" + PACKED[14:], "the gzip stream is cut off or damaged, here or soon after; copy"),
        (b"term\tids\ngout \x81\tM:2\n", "neither UTF-8 nor Windows-1252; save the file as UTF-8"),
        (LINES.encode("utf-16"), "holds a NUL byte, so it is no text in UTF-8 or Windows-1252; save it as UTF-8"),
        (b"", "the file is empty; copy or download it again"),
    ],
    ids=["cut off", "changed", "another encoding", "UTF-16", "empty"],
)
def test_a_damaged_file_is_one_line(tmp_path, content, told):
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(told)) as caught:
        lexicon.read(path)
    assert re.match(rf"{re.escape(str(path))}:\d+: ", str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_chosen", 1_000_000)
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(gzip.compress(LINES.encode() + b"\0" * 50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="it holds more than 1 MB; --max-file-size"):
            lexicon.read(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_what_spreadsheets_save_is_read(tmp_path, encoding):
    path = tmp_path / "lexicon.tsv"
    path.write_bytes("term\tids\r\nMénière\tM:1|M:2\r\nvertigo\tM:2\r\n".encode(encoding))
    assert lexicon.read(path) == {"meniere": "M:2", "vertigo": "M:2"}  # terms have no accents


def test_abbreviations_join_where_the_lexicon_knows_their_meaning(tmp_path):
    path = tmp_path / "lexicon.tsv"
    path.write_text("term\tids\ndeep vein thrombosis\tX:1\n", encoding="utf-8")
    terms = lexicon.terms(path)
    assert terms["dvt"] == "X:1"
    assert "aki" not in terms


def test_signature_follows_the_content(path):
    before = lexicon.signature(path)
    path.write_text(LINES + "sepsis\tM:4\n", encoding="utf-8")
    assert lexicon.signature(path) != before
    assert str(path.parent) not in before


@pytest.mark.parametrize("line", ["gout", "gout\t", ""])
def test_line_without_an_id_is_named(path, line):
    path.write_text(LINES + line + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lexicon\.tsv:5: no concept id"):
        lexicon.read(path)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.tsv: no such lexicon"):
        lexicon.read(tmp_path / "none.tsv")
    with pytest.raises(DataError, match=r"none\.tsv: no such lexicon"):
        lexicon.signature(tmp_path / "none.tsv")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A user's cache of its own, and no vocabulary in memory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lexicon.terms.cache_clear()
    yield tmp_path / "clue-gate" / "concepts"
    lexicon.terms.cache_clear()


def test_built_once_then_read(cache, monkeypatch):
    built = lexicon.terms()
    (stored,) = cache.glob("*.json")
    assert json.loads(stored.read_bytes())["content"] == built
    monkeypatch.setattr(lexicon, "build", lambda: pytest.fail("built twice"))
    lexicon.terms.cache_clear()
    assert lexicon.terms() == built


@pytest.mark.slow
@pytest.mark.parametrize("damaged", ['{"gout": "M', "{}", '{"gout": "not what was built"}'])
def test_damaged_store_is_built_anew(cache, damaged):
    built = lexicon.terms()
    (stored,) = cache.glob("*.json")
    stored.write_text(damaged, encoding="utf-8")
    lexicon.terms.cache_clear()
    assert lexicon.terms() == built
    assert json.loads(stored.read_bytes())["content"] == built


def test_cache_that_cannot_be_written_does_not_matter(cache):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert lexicon.terms()["gout"] == "MeSH:gout"
