"""What a run leaves for its readers: pages, the table of examples, and nothing of private data outside its place."""

import json

import pandas as pd
import pytest

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
    recorded = f"replay:{next((tmp_path / 'store').rglob('about.json')).parent}"  # of other prompts
    done = run_gate(f"--model={recorded}", f"--baseline={recorded}", *options, *workers)
    assert set(done.outcomes().values()) == {"ERROR"}
    assert not (tmp_path / "report" / "examples.parquet").exists()
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert 'href="#gates"' in page
    assert 'href="#flips"' not in page


def test_private_data_leave_no_trace_outside_their_place(run_gate, quoting, private_data, tmp_path, workers):
    junit = tmp_path / "report" / "junit.xml"
    done = run_gate(
        f"--model={quoting}", f"--baseline={quoting}", "--backend=scripted", "--reports=all",
        f"--data-root={private_data}", f"--junitxml={junit}", *MEDNLI, *workers,
    )  # fmt: skip
    assert (done.code, done.report["state"]) == (1, "broken"), done.text  # who only quotes can't do the task
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
    assert (done.code, done.report["state"]) == (1, "broken"), done.text
    beside = private_data / ".clue-gate" / "report"
    table = pd.read_parquet(beside / "examples.parquet")
    assert table["example_id"].str.contains(CANARY).all()
    assert table["candidate_text"].str.contains(CANARY).all()
    assert "mednli" in (beside / "report.html").read_text(encoding="utf-8")
    assert not [path for path, content in files(tmp_path / "report").items() if CANARY.encode() in content]


def test_an_earlier_runs_reports_are_never_taken_for_this_ones(run_gate, oracle, tmp_path, workers):
    """A recording that lacks the answers is an ERROR: it leaves no examples, and shows none of yesterday's."""
    options = ("--backend=scripted", "--reports=all", *MEDNLI, *workers)
    assert run_gate(f"--model={oracle}", f"--baseline={oracle}", *options).code == 0
    assert (tmp_path / "report" / "examples.parquet").exists()
    spec = f"replay:{next((tmp_path / 'store').rglob('about.json')).parent}"
    broken = run_gate(f"--model={spec}", f"--baseline={spec}", "--seed=7", "--reports=all", *MEDNLI, *workers)
    assert set(broken.outcomes().values()) == {"ERROR"}
    assert not (tmp_path / "report" / "examples.parquet").exists()
    assert 'id="flips"' not in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    ended = run_gate(f"--model={oracle}", f"--baseline={oracle}", *options, f"--prompts={tmp_path / 'report'}")
    assert ended.code != 0, ended.text
    assert ended.report is None


def test_a_report_folder_that_cannot_be_is_one_line_before_anything_is_spent(run_gate, oracle, tmp_path, workers):
    (tmp_path / "file").write_text("no folder")
    done = run_gate(
        f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", f"--report-dir={tmp_path / 'file'}", *workers
    )
    assert done.code == 4, done.text
    (line,) = [line for line in done.text.splitlines() if line.strip()]
    assert "name a writable folder" in line
    assert not (oracle / "starts.log").exists()


def test_what_cannot_be_written_in_the_end_costs_no_verdict(run_gate, oracle, tmp_path, workers):
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "folder")}
    done = run_gate(
        f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "--reports=all", *MEDNLI, *workers, env=env
    )
    assert done.code == 0  # as gate.json says, which is written; pages and summary are rendered from it again
    assert "Traceback" not in done.text
    assert "PASS (ci): none of 6 gates failed" in done.text
    assert "reports not written: GITHUB_STEP_SUMMARY=" in done.text
    assert done.report["passed"] is True


def test_a_pass_whose_gate_json_cannot_be_written_says_that_and_blames_no_test(run_gate, oracle, tmp_path, workers):
    reports = tmp_path / "reports"
    (reports / "gate.json" / "in-the-way").mkdir(parents=True)
    done = run_gate(
        f"--model={oracle}",
        f"--baseline={oracle}",
        "--backend=scripted",
        f"--report-dir={reports}",
        *MEDNLI,
        *workers,
    )
    text = " ".join(done.text.split())
    assert done.code == 1, done.text
    assert "reports not written: " in text
    assert text.endswith("; but gate.json could not be written")
    assert "figures in" not in text
    assert "other tests" not in text


def test_a_home_that_cannot_be_written_to_is_told_before_an_engine_starts(run_gate, oracle, workers):
    env = {"XDG_DATA_HOME": "/proc/none"}
    done = run_gate(
        f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", "--reports=all", *MEDNLI, *workers, env=env
    )
    assert done.code == 4, done.text
    (line,) = [line for line in done.text.splitlines() if line.strip()]
    assert "/proc/none/clue-gate" in line
    assert "set XDG_DATA_HOME, or HOME, to a folder that can be written to" in line
    assert not (oracle / "starts.log").exists()


@pytest.mark.parametrize("mistake", ["--thresholds=absent.toml", "--profile=bogus", "--backend=nope", "--log=nonsense"])
def test_a_mistaken_option_leaves_no_earlier_runs_verdict(run_gate, oracle, tmp_path, mistake):
    options = (f"--model={oracle}", f"--baseline={oracle}", "-k", "mednli")
    assert run_gate(*options, "--backend=scripted").report["state"] == "pass"
    done = run_gate(*options, *(("--backend=scripted",) if "backend" not in mistake else ()), mistake)
    assert (done.code, done.report) == (4, None)
