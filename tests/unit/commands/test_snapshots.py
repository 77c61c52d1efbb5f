"""`python -m clue_lib snapshots diff`."""

import dataclasses

import pytest

from clue_lib import __main__, snapshots
from clue_lib.snapshots import Count, Letter, Origin, Snapshot
from clue_lib.types import Fingerprint

OLD = Snapshot(
    origin=Origin(
        task="medisumcode",
        model="base",
        revision="r1",
        tier="public",
        data="d",
        questions="q",
        scoring={},
        engine=Fingerprint(name="vllm"),
    ),
    n_answers=9,
    hallucinations={"invalid_codes": Count(answers=1, in_all=1)},
    letters={"l1": Letter(valid={"I10": "Essential (primary) hypertension"}, invalid=())},
)
NEW = dataclasses.replace(
    OLD,
    origin=dataclasses.replace(OLD.origin, revision="r2"),
    hallucinations={"invalid_codes": Count(answers=4, in_all=5)},
    letters={"l1": Letter(valid={}, invalid=("E99.99",))},
)


@pytest.fixture
def folders(tmp_path):
    for name, snapshot in (("old", OLD), ("new", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "medisumcode.vllm.json").write_text(snapshots.encode(snapshot), encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


def test_folders_and_files_are_compared(folders, capsys):
    old, new = folders
    assert __main__.main(["snapshots", "diff", str(old), str(new)]) == 0
    told = capsys.readouterr().out
    assert told.splitlines() == [
        "medisumcode (vllm): codes 1 new (1 invalid), 1 lost, in 1 letter; "
        "invalid_codes up, 1 → 4 answers (1 → 5 in all)",
        "  l1",
        "    + E99.99  invalid: no such code in the release",
        "    - I10     Essential (primary) hypertension",
        "  not the same: revision",
    ]
    files = [str(folder / "medisumcode.vllm.json") for folder in folders]
    assert __main__.main(["snapshots", "diff", *files]) == 0
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("options", [[], ["--markdown"]])
def test_of_data_under_an_agreement_counts_are_told_and_no_code(folders, capsys, options):
    old, new = folders
    for folder, snapshot in ((old, OLD), (new, NEW)):
        private = dataclasses.replace(snapshot, origin=dataclasses.replace(snapshot.origin, tier="credentialed"))
        (folder / "medisumcode.vllm.json").write_text(snapshots.encode(private), encoding="utf-8")
    assert __main__.main(["snapshots", "diff", *options, str(old), str(new)]) == 0
    told = capsys.readouterr().out
    assert "codes 1 new" in told
    assert "withheld: the data is credentialed" in told
    assert not any(value in told for value in ("E99", "I10", "hypertension", "l1"))


def test_markdown(folders, capsys):
    assert __main__.main(["snapshots", "diff", "--markdown", *map(str, folders)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("### medisumcode (vllm)\n")
    assert "| lost | I10" in told


def test_what_lies_in_one_folder_only_is_said(folders, capsys):
    (folders[0] / "medisumqa.vllm.json").write_text(snapshots.encode(OLD), encoding="utf-8")
    assert __main__.main(["snapshots", "diff", *map(str, folders)]) == 0
    assert "medisumqa.vllm.json: in one of the folders only" in capsys.readouterr().out


def test_what_can_not_be_compared_is_one_line(folders, tmp_path, capsys):
    old, new = folders
    (tmp_path / "empty").mkdir()
    for given, expected in [
        ((old, new / "medisumcode.vllm.json"), "name two files or two folders"),
        ((old, tmp_path / "empty"), "no snapshot of one task and engine lies in both"),
        ((tmp_path / "a.json", tmp_path / "b.json"), "No such file"),
    ]:
        assert __main__.main(["snapshots", "diff", *map(str, given)]) == 4
        assert expected in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"{", bytes(range(256)), b'{"x": ' + b"[" * 100_000])
def test_a_broken_file_is_one_line(folders, capsys, content):
    old, new = folders
    (new / "medisumcode.vllm.json").write_bytes(content)
    for pair in ((old, new), (old / ("n" * 300), new / ("n" * 300))):
        assert __main__.main(["snapshots", "diff", *map(str, pair)]) == 4
        assert len(capsys.readouterr().err.splitlines()) == 1
