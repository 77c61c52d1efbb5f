"""`clue-gate card`: a section printed, or put into a model's card and read back by the hub's own client."""

import dataclasses
import json
import os
import stat

import pytest
import yaml
from huggingface_hub import ModelCard

from clue_lib.report import GATE_FILE, gate_json, of_run

CARD = "---\nlicense: llama3\nbase_model: meta-llama/Meta-Llama-3-8B-Instruct\n---\n# Mine\n\nText.\n"


@pytest.fixture
def run_folder(info, judged, tmp_path):
    """A run of MedNLI on a file of the user's."""
    gate_json.write(tmp_path / "gate-report" / GATE_FILE, of_run(info(), [judged()]))
    return tmp_path / "gate-report"


def test_without_out_the_section_is_printed(run, run_folder):
    code, out, _ = run("card", run_folder)
    assert code == 0
    assert out.startswith("<!-- clue-gate: begin -->\n## Regression against base\n")


def test_the_hubs_client_loads_the_card_with_its_front_matter(run, run_folder, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(CARD, encoding="utf-8")
    readme.chmod(0o640)
    for _ in range(2):  # the second time it replaces what the first wrote
        code, out, _ = run("card", run_folder, f"--out={readme}")
        assert (code, out) == (0, f"{readme}\n")
        card = ModelCard.load(readme)
        assert card.data.base_model == "meta-llama/Meta-Llama-3-8B-Instruct"
        assert card.text.count("## Regression against base") == 1
        assert readme.read_text(encoding="utf-8").startswith(CARD)
    assert stat.S_IMODE(readme.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "gate-report"]


def test_a_full_disk_leaves_the_card_as_it_was(run, run_folder, tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")

    def full(*given, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, err = run("card", run_folder, f"--out={tmp_path}/README.md")
    readme = tmp_path / "README.md"
    assert (code, err) == (4, f"error: {readme}: No space left on device; name a writable folder\n")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == CARD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "gate-report"]


def test_a_card_that_is_not_there_is_made(run, run_folder, tmp_path):
    assert run("card", run_folder, f"--out={tmp_path}/new/README.md")[0] == 0
    assert "Regression against base" in ModelCard.load(tmp_path / "new" / "README.md").text


def test_a_pipe_in_the_cards_place_is_one_line(run, run_folder, tmp_path):
    os.mkfifo(tmp_path / "README.md")
    code, _, err = run("card", run_folder, f"--out={tmp_path}/README.md")
    assert (code, err) == (4, f"error: --out={tmp_path}/README.md: not a regular file; name a model's README.md\n")


def test_results_lie_beside_the_card(run, run_folder, tmp_path):
    options = (f"--out={tmp_path}/README.md", "--dataset=mednli=bigbio/mednli")
    code, out, _ = run("card", run_folder, *options)
    path = tmp_path / ".eval_results" / "clue-gate.yaml"
    assert (code, out.splitlines()[1]) == (0, str(path))
    (entry,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert entry["dataset"] == {"id": "bigbio/mednli", "task_id": "mednli_accuracy"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--dataset=mednli"], "write it as TASK=OWNER/NAME"),
        (["--dataset=mednli=a/b"], "--dataset without --out"),
        (["--out={}/README.md", "--dataset=mednli=a/b", "--dataset=mednli=a/c"], "named twice"),
        (["--out={}/README.md", "--dataset=jama=a/b"], "no such task"),
        (["--out={}"], "Is a directory"),
        (["--out={}/binary"], "no UTF-8 text"),
        (["--out={}/half"], "remove these lines"),
        (["--out={}/half/README.md"], "Not a directory"),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_the_card(run, run_folder, tmp_path, options, told):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "half").write_text("<!-- clue-gate: begin -->\n")
    code, _, err = run("card", run_folder, *(option.format(tmp_path) for option in options))
    assert code == 4
    (line,) = err.splitlines()
    assert told in line
    assert (tmp_path / "half").read_text() == "<!-- clue-gate: begin -->\n"
    assert not (tmp_path / "README.md").exists()


def test_a_run_of_one_model_is_refused_in_one_line(run, info, judged, tmp_path):
    whole = info()
    same = dataclasses.replace(whole, candidate=whole.baseline)
    gate_json.write(tmp_path / GATE_FILE, of_run(same, [judged()]))
    code, _, err = run("card", tmp_path)
    assert (code, len(err.splitlines())) == (4, 1)
    assert "compared a model with itself" in err


def test_a_record_of_every_eval_ever_names_who_ran_the_gate(run, run_folder, tmp_path):
    path = tmp_path / "record.json"
    code, out, _ = run("card", run_folder, f"--every-eval-ever={path}", "--organization=Ours")
    assert (code, out) == (0, f"{path}\n")
    assert json.loads(path.read_text(encoding="utf-8"))["source_metadata"]["source_organization_name"] == "Ours"
    code, _, err = run("card", run_folder, f"--every-eval-ever={tmp_path / 'other.json'}")
    assert (code, len(err.splitlines())) == (4, 1)
    assert "say who ran the gate" in err
    assert not (tmp_path / "other.json").exists()
