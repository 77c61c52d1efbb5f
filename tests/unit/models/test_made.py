"""Weights that were made here once: found again, and made again where they are no longer what was made."""

import shutil

import pytest

from clue_lib import sealed
from clue_lib.models import weights


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes a model by copying a folder; gives it and what was told."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    source = tmp_path / "source"
    source.mkdir()
    (source / "config.json").write_text("{}")
    (source / "model.safetensors").write_bytes(b"0123456789")

    def make():
        told = []
        with sealed.telling(told.append):
            return weights._made("m", "m-0123", shutil.copytree, source), told

    return make


def test_it_is_made_once_and_found_again(made):
    first, told = made()
    again, told_again = made()
    assert first == again
    assert told == told_again == []


def test_a_flipped_bit_of_made_weights_is_told_and_made_again(made):
    first, _ = made()
    (first.weights / "model.safetensors").write_bytes(b"0123456788")
    again, told = made()
    assert again == first
    assert (first.weights / "model.safetensors").read_bytes() == b"0123456789"
    assert len(told) == 1
    assert "not the files that were made there; made again" in told[0]


def test_a_damaged_record_is_told_and_written_again(made):
    first, _ = made()
    record = first.weights.with_name(f"{first.weights.name}.digest")
    whole = record.read_bytes()
    record.write_bytes(whole[:-9])
    again, told = made()
    assert again == first
    assert len(told) == 1
    assert record.read_bytes() == whole
