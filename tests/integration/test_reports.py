"""What a run leaves for its readers: pages, the table of examples, and nothing of private data outside its place."""

import json
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from clue_lib.report import gate_json

CANARY = "CANARY-7Q"
MEDNLI = ("-k", "mednli")


@pytest.fixture
def private_data(tmp_path):
    """A data root with a MedNLI of its own: 20 premises, three hypotheses each, a canary in every text and id."""
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [
        {
            "pairID": f"{CANARY}-{i}-{label[0]}",
            "gold_label": label,
            "sentence1": f"{CANARY}: patient {i} has a fever.",
            "sentence2": f"{CANARY}: claim {label} of {i}.",
        }
        for i in range(20)
        for label in ("entailment", "neutral", "contradiction")
    ]
    (folder / "mli_test_v1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture
def quoting(model_folder):
    """A model that quotes what it is shown, as models do."""
    return model_folder("quoting", f'default = "neutral, since {CANARY}: patient 1 has a fever"')


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_page_is_written_with_and_without_workers(run_gate, oracle, scripted, tmp_path, workers):
    worse = scripted("worse", lambda task, example, ideal: ("<img src=x onerror=alert(1)>", "stop"))
    done = run_gate(
        f"--model={worse}", f"--baseline={oracle}", "--backend=scripted", "--reports=all", *MEDNLI, *workers
    )
    assert done.code == 1, done.text
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "FAIL (ci)" in page
    assert "<img src=x" not in page
    assert (tmp_path / "report" / "report.md").read_text(encoding="utf-8").startswith("#")
    table = pd.read_parquet(tmp_path / "report" / "examples.parquet")
    assert len(table) == 39
    assert set(table["candidate.accuracy"]) == {0.0}
    assert set(table["baseline.accuracy"]) == {1.0}


def test_a_failed_run_shows_no_examples_of_an_earlier_one(run_gate, oracle, tmp_path, workers):
    options = ("--reports=all", *MEDNLI)
    run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "--seed=5", *options)
    assert (tmp_path / "report" / "examples.parquet").exists()
    recorded = f"replay:{next((tmp_path / 'store').iterdir())}"  # of other prompts
    done = run_gate(f"--model={recorded}", f"--baseline={recorded}", *options, *workers)
    assert set(done.outcomes().values()) == {"ERROR"}
    assert not (tmp_path / "report" / "examples.parquet").exists()
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert 'href="#gates"' in page
    assert 'href="#flips"' not in page


def test_gate_json_of_a_run_is_valid_by_its_schema(run_gate, oracle):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", *MEDNLI)
    schema = json.loads(Path(gate_json.__file__).with_name("gate.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(done.report)


def test_private_data_leave_no_trace_outside_their_place(run_gate, quoting, private_data, tmp_path, workers):
    junit = tmp_path / "report" / "junit.xml"
    done = run_gate(
        f"--model={quoting}", f"--baseline={quoting}", "--backend=scripted", "--reports=all",
        f"--data-root={private_data}", f"--junitxml={junit}", *MEDNLI, *workers,
    )  # fmt: skip
    assert done.code == 0, done.text
    assert CANARY not in done.text
    left = files(tmp_path / "report") | files(tmp_path / "store")
    assert {path.name for path in left} >= {"gate.json", "report.html", "report.md", "examples.parquet", "junit.xml"}
    assert not [path for path, content in left.items() if CANARY.encode() in content]
    table = pd.read_parquet(tmp_path / "report" / "examples.parquet")
    assert not table["example_id"].str.contains(CANARY).any()
    assert set(table["baseline_text"]) == {""}
    assert any(CANARY.encode() in content for content in files(private_data / ".clue-gate").values())  # beside the data
    assert not (private_data / ".clue-gate" / "report").exists()


def test_a_full_report_of_private_data_lies_beside_them_on_request(run_gate, quoting, private_data, tmp_path):
    done = run_gate(
        f"--model={quoting}", f"--baseline={quoting}", "--backend=scripted", "--private-report",
        f"--data-root={private_data}", *MEDNLI,
    )  # fmt: skip
    assert done.code == 0, done.text
    beside = private_data / ".clue-gate" / "report"
    table = pd.read_parquet(beside / "examples.parquet")
    assert table["example_id"].str.contains(CANARY).all()
    assert table["candidate_text"].str.contains(CANARY).all()
    assert "mednli" in (beside / "report.html").read_text(encoding="utf-8")
    assert not [path for path, content in files(tmp_path / "report").items() if CANARY.encode() in content]
