"""`data status`, `data fetch` and `data verify`: what they tell of a folder, and how they end."""

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from clue_lib.datasets import recorded, sources
from clue_lib.tasks import TASKS

ENTRIES = sources.entries()
PAIR = {"pairID": "1", "gold_label": "neutral", "sentence1": "a", "sentence2": "b"}


@pytest.fixture
def data_root(tmp_path):
    """A root with a copy of MedNLI's bundled file, deep in it."""
    folder = tmp_path / "root" / "deep"
    folder.mkdir(parents=True)
    shutil.copy(sources.BUNDLED_ROOT / ENTRIES["mednli"].bundled, folder)
    return tmp_path / "root"


def rows(table):
    """A table's rows by their first cell; a cell's further lines stand in rows of their own."""
    return {
        line.split()[0]: " ".join(line.split()[1:]) for line in table.splitlines() if not line.startswith((" ", "-"))
    }


@pytest.mark.parametrize("root", [(), ("--data-root", "{root}")])
def test_status_tells_of_every_table_in_lines_of_a_hundred(run, data_root, root):
    code, out, err = run("data", "status", *(option.format(root=data_root) for option in root))
    assert (code, err) == (0, "")
    found = rows(out)
    assert {task: found[task].split()[0] for task in ENTRIES} == {task: entry.tier for task, entry in ENTRIES.items()}
    assert max(map(len, out.splitlines())) <= 100
    mine = "credentialed not the official file deep/mli_test_v1.jsonl"
    assert found["mednli"].startswith(mine if root else "credentialed bundled physionet.org/content/mednli after")
    assert found["meqsum"] == "public bundled `data fetch meqsum`"


def test_status_names_the_official_file(run, shared_data):
    _, out, _ = run("data", "status", "--data-root", shared_data / "public")
    assert rows(out)["meqsum"] == "public official …/MeQSum_ACL2019_BenAbacha_Demner-Fushman.xlsx"


def test_status_goes_on_past_a_file_that_cannot_be_read(run, data_root):
    (data_root / "jama_raw.csv").write_bytes(b"")
    code, out, _ = run("data", "status", "--data-root", data_root)
    assert code == 0
    assert rows(out)["jama"].startswith("licensed unreadable")
    assert rows(out)["mednli"].startswith("credentialed not the official file")


@pytest.mark.parametrize("command", ["status", "verify"])
def test_missing_root_is_one_line(run, tmp_path, command):
    root = tmp_path / "none"
    assert run("data", command, "--data-root", root) == (
        4,
        "",
        f"error: --data-root={root}: no such folder; check the path\n",
    )


def test_verify_reads_each_file_and_counts_its_examples(run, data_root):
    code, out, err = run("data", "verify", "--data-root", data_root)
    n_lines = len((data_root / "deep/mli_test_v1.jsonl").read_text().splitlines())
    assert (code, err) == (0, "")
    assert rows(out)["mednli"] == f"{n_lines} unknown deep/mli_test_v1.jsonl"


def test_verify_of_the_development_data(run, shared_data):
    code, out, err = run("data", "verify", "--data-root", shared_data)
    assert (code, err) == (0, "")
    assert rows(out)["mednli"] == "615 unknown standins/mednli/mli_test_v1.jsonl"  # the count is its README's
    assert rows(out)["meqsum"].startswith("1000 official ")


def test_verify_knows_a_recorded_file_and_one_that_changed_since(run, data_root):
    path = data_root / "deep/mli_test_v1.jsonl"
    digest = recorded.write(path, path.read_bytes())
    assert rows(run("data", "verify", "--data-root", data_root)[1])["mednli"].split()[1:3] == ["as", "recorded"]
    path.write_text(json.dumps(PAIR))
    code, out, err = run("data", "verify", "--data-root", data_root)
    assert (code, out) == (1, "")
    assert f"is not the recorded {digest[:12]}; " in err
    assert err.startswith(f"error: mednli: {path}: digest ")
    assert err.count("\n") == 1


def test_verify_names_every_problem_in_a_line_and_shows_the_rest(run, data_root):
    meqsum = data_root / ENTRIES["meqsum"].files[0]
    meqsum.write_text('{"File": "1", "CHQ": "a", "Summary": "b"}')
    code, out, err = run("data", "verify", "--data-root", data_root)
    assert code == 1
    assert "mednli" in rows(out)
    assert err.startswith(f"error: meqsum: {meqsum}: not an Excel workbook")
    assert err.count("\n") == 1


def test_verify_tells_of_ids_that_stand_there_twice(run, tmp_path):
    (tmp_path / "mli_test_v1.jsonl").write_text(f"{json.dumps(PAIR)}\n" * 2)
    code, _, err = run("data", "verify", "--data-root", tmp_path)
    assert (code, err.count("\n")) == (1, 1)
    assert "ids must be unique" in err


def test_verify_refuses_what_a_run_refuses(run, tmp_path):
    (tmp_path / "mli_test_v1.jsonl").write_text(json.dumps(PAIR))
    code, out, err = run("data", "verify", "--data-root", tmp_path)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "its 1 examples leave none to score beside 3 shots" in err


def test_verify_says_which_tasks_one_patient_is_too_few_for(run, tmp_path):
    options = dict(zip((f"answer_{c}" for c in "abcde"), "VWXYZ", strict=True))
    question = {"No": 0, "question": "Which?", "correct": "W", "answer_location": {"text_0": {}}, **options}
    patient = {"texts": {"text_0": "A letter."}, "questions": [question]}
    (tmp_path / "benchmark_v5.json").write_text(json.dumps({"patient_01": patient}))
    code, out, err = run("data", "verify", "--data-root", tmp_path)
    assert code == 1
    assert [row.split()[0] for row in out.splitlines()[2:]] == ["longhealth_1"]
    assert [line.split(":")[1].strip() for line in err.splitlines()] == ["longhealth_2", "longhealth_3"]
    assert err.count("its file has one patient, and so no letters of others") == 2


def test_verify_tells_what_was_left_out(run, tmp_path):
    letters = [{"hadm_id": n, "text": "Flu.", "icd_codes": ["J11.1"] * (n > 1)} for n in range(4)]
    (tmp_path / "MeDiSumCode.jsonl").write_text("".join(f"{json.dumps(letter)}\n" for letter in letters))
    code, out, err = run("data", "verify", "--data-root", tmp_path)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "medisumcode: 2 letters without codes left out (line 1, 2)"
    assert rows(out)["medisumcode"].startswith("2 unknown")


def test_verify_of_a_folder_without_data_is_a_problem(run, tmp_path):
    code, out, err = run("data", "verify", "--data-root", tmp_path)
    assert (code, out) == (1, "")
    assert err == f"error: --data-root={tmp_path}: no task's file lies below it; `data status` says what they are\n"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder that is served on this machine as MeQSum's source, which has no official digest here."""
    folder = tmp_path / "served"
    folder.mkdir()
    shutil.copy(sources.BUNDLED_ROOT / ENTRIES["meqsum"].bundled, folder / "meqsum.jsonl")
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *args: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/meqsum.jsonl"
    entry = msgspec.structs.replace(ENTRIES["meqsum"], url=url, files=("meqsum.jsonl",), sha256=None)
    monkeypatch.setattr(sources, "entries", lambda: ENTRIES | {"meqsum": entry})
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def test_fetched_file_is_found_verified_and_not_fetched_again(run, served, tmp_path):
    root = tmp_path / "new"
    code, out, err = run("data", "fetch", "meqsum", "--data-root", root)
    assert (code, err) == (0, "")
    assert f"{root / 'meqsum.jsonl'} fetched, digest " in out
    assert "CC BY 4.0" in out
    assert rows(run("data", "verify", "--data-root", root)[1])["meqsum"].split()[1:3] == ["as", "recorded"]
    (served / "meqsum.jsonl").unlink()
    assert run("data", "fetch", "meqsum", "--data-root", root) == (
        0,
        f"meqsum: {root / 'meqsum.jsonl'} is there already\n",
        "",
    )


def test_file_that_changed_at_its_source_is_one_line_with_both_digests(run, served, tmp_path):
    run("data", "fetch", "meqsum", "--data-root", tmp_path / "root")
    (tmp_path / "root/meqsum.jsonl").unlink()
    (served / "meqsum.jsonl").write_text('{"File": "1", "CHQ": "a", "Summary": "b"}')
    code, out, err = run("data", "fetch", "meqsum", "--data-root", tmp_path / "root")
    assert (code, out, err.count("\n")) == (4, "", 1)
    digests = (recorded.digests(tmp_path / "root")["meqsum.jsonl"], sources.raw.digest(served / "meqsum.jsonl"))
    assert all(digest[:12] in err for digest in digests)
    assert not (tmp_path / "root/meqsum.jsonl").exists()


def test_page_in_the_files_place_is_one_line_and_is_not_kept(run, served, tmp_path):
    (served / "meqsum.jsonl").write_text("<html>\n<title>Log in</title>\n")
    code, out, err = run("data", "fetch", "meqsum", "--data-root", tmp_path / "root")
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert "a login page perhaps" in err
    assert not (tmp_path / "root").exists()


def test_fetch_of_all_takes_the_public_ones_and_says_where_the_others_are(run, served, tmp_path):
    public = {task for task in TASKS if ENTRIES[task].url}
    for task in public - {"meqsum"}:  # their sources are not on this machine
        shutil.copy(sources.BUNDLED_ROOT / ENTRIES[task].bundled, tmp_path / ENTRIES[task].files[0])
    code, out, _ = run("data", "fetch", "--data-root", tmp_path)
    assert code == 0
    assert len(out.splitlines()) == len(TASKS)
    for line in out.splitlines():
        assert (line.split(":")[0] in public) == ("not public; its file comes from " not in line)


def test_root_that_is_a_file_is_one_line(run, served, tmp_path):
    (tmp_path / "file").write_text("mine")
    code, out, err = run("data", "fetch", "meqsum", "--data-root", tmp_path / "file")
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert (tmp_path / "file").read_text() == "mine"


def test_fetch_of_an_unknown_task_is_one_line(run, tmp_path):
    code, out, err = run("data", "fetch", "meqsun", "--data-root", tmp_path)
    assert (code, out, err) == (4, "", "error: data fetch meqsun: no such task; did you mean meqsum?\n")
