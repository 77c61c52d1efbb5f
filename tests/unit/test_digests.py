"""Digests name content, whatever its order; values by `sha256sum` of GNU coreutils 9.1 unless said otherwise."""

import os

import pytest

from clue_lib import digests
from clue_lib.types import Message

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1


@pytest.mark.parametrize(
    ("value", "json", "digest"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}', "d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"),
        (("x",), '["x"]', "cd65ea2c2ad99e94a85b1b6df72efef9cb2ed0ae933a60c32ce16317f7d7d6aa"),
    ],
)
def test_value_is_named_by_its_canonical_json(value, json, digest):
    assert digests.of_value(value) == digest, json


def test_dataclass_counts_as_its_fields():
    fields = {"role": "user", "content": "Where?"}
    assert digests.of_value(Message(role="user", content="Where?")) == digests.of_value(fields)


@pytest.mark.parametrize("other", ["1", 1.5, [1], {"1": 1}, None, True])
def test_different_values_have_different_digests(other):
    assert digests.of_value(other) != digests.of_value(1)


def test_file_is_named_by_its_bytes(tmp_path):
    path = tmp_path / "any name"
    path.write_bytes(b"abc")
    assert digests.of_file(path) == ABC


def test_files_are_named_by_name_and_content_whatever_their_order(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("abc")
    two.write_text("")
    digest = digests.of_files([one, two])
    assert digests.of_files([two, one]) == digest
    assert digest == digests.of_value(
        [("one", ABC), ("two", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    )


def test_swapped_contents_have_another_digest(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("abc")
    two.write_text("")
    before = digests.of_files([one, two])
    one.write_text("")
    two.write_text("abc")
    assert digests.of_files([one, two]) != before


def test_no_files_have_the_digest_of_an_empty_list():
    assert digests.of_files([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"  # of "[]"


def test_a_folders_secret_is_made_once_for_its_owner_alone(tmp_path):
    key = digests.secret(tmp_path / "new")
    assert len(key) == 32
    assert digests.secret(tmp_path / "new") == key != digests.secret(tmp_path / "other")
    assert (tmp_path / "new" / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["key"]


def test_the_first_of_two_processes_makes_the_secret(tmp_path, monkeypatch):
    (tmp_path / "key").write_bytes(b"theirs")
    monkeypatch.setattr(type(tmp_path), "exists", lambda path: False)  # it was not there a moment ago
    assert digests.secret(tmp_path) == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_file_system_without_links_holds_a_secret(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert len(digests.secret(tmp_path)) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
