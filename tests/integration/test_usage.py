"""A user's mistake is one line, exit code 4, before any model loads, without a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MISTAKES = {
    "wrong alias": (["--model=OpenBioLM-8B"], "did you mean OpenBioLLM-8B"),
    "missing folder": (["--model=./no/such/folder"], "no such folder"),
    "baseline alone": (["--baseline=Llama-3-8B-Instruct"], "without --model"),
    "limit alone": (["--limit=3"], "without --model"),
    "no base known": (["--model={oracle}"], "--baseline"),
    "unknown backend": (["--model={oracle}", "--baseline={oracle}", "--backend=vlm"], "no such backend"),
    "unknown engine argument": (
        ["--model={oracle}", "--baseline={oracle}", "--backend=scripted", "--engine-arg=gpu=1"],
        "unknown to backend scripted",
    ),
    "unknown profile": (["--model={oracle}", "--baseline={oracle}", "--profile=nightly"], "no such profile"),
    "limited release": (["--model={oracle}", "--baseline={oracle}", "--profile=release", "--limit=5"], "smoke"),
    "zero limit": (["--model={oracle}", "--baseline={oracle}", "--limit=0"], "at least 1"),
    "missing data root": (["--model={oracle}", "--baseline={oracle}", "--data-root=./none"], "--data-root"),
    "missing prompts": (["--model={oracle}", "--baseline={oracle}", "--prompts=./none"], "--prompts"),
    "missing thresholds": (["--model={oracle}", "--baseline={oracle}", "--thresholds=none.toml"], "none.toml"),
}


@pytest.mark.parametrize(("options", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistake(run_gate, oracle, options, expected, workers):
    done = run_gate(*(option.format(oracle=oracle) for option in options), *workers)
    assert done.code == 4, done.text
    assert "Traceback" not in done.text
    lines = [line for line in done.text.splitlines() if line.strip()]
    assert len(lines) == 1, done.text
    assert expected in lines[0]
    assert not (oracle / "starts.log").exists()


@pytest.mark.parametrize("option", ["--store", "--report-dir"])
def test_a_folder_that_can_not_be_written_to(run_gate, oracle, tmp_path, option):
    (tmp_path / "file").touch()
    given = [f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", f"{option}={tmp_path / 'file' / 'in'}"]
    done = run_gate(*given)
    assert done.code == 4, done.text
    assert f"{tmp_path / 'file' / 'in'}" in done.text
    assert "Not a directory" in done.text
    assert "Traceback" not in done.text
    assert "CLUE Gate" not in done.text  # no summary of a run that was none
    assert not (oracle / "starts.log").exists()


def test_unknown_metric_in_the_thresholds_file(run_gate, oracle, tmp_path):
    path = tmp_path / "thresholds.toml"
    good = (ROOT / "thresholds.toml").read_text(encoding="utf-8")
    path.write_text(good.replace("[level1.mednli.accuracy]", "[level1.mednli.acuracy]"), encoding="utf-8")
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", f"--thresholds={path}")
    assert done.code == 4
    assert "[level1.mednli.acuracy]: unknown metric 'acuracy'; did you mean accuracy?" in done.text
    assert "Traceback" not in done.text


def test_an_extra_that_is_not_installed(oracle):
    hide = (
        "import sys, importlib.util as u, pytest; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'torch' else find(name, *a);"
        f"sys.exit(pytest.main(['--model={oracle}', '--baseline={oracle}', '--backend=transformers']))"
    )
    done = subprocess.run([sys.executable, "-c", hide], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "torch not installed; run `make install`" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_malformed_data_names_file_and_line(run_gate, oracle, tmp_path):
    (tmp_path / "mli_test_v1.jsonl").write_text('{"pairID": "a"}\n')
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", f"--data-root={tmp_path}")
    assert done.code == 4
    assert "mli_test_v1.jsonl:1: no column gold_label" in done.text


def test_collecting_imports_nothing_heavy():
    code = (
        "import sys, pytest; code = pytest.main(['--collect-only', '-q', 'tests/level1']);"
        "print(int(code), sorted({'torch', 'vllm', 'pandas', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []", done.stdout


HOSTILE = "\x1b[2J\u202e\n::error::x"


@pytest.mark.parametrize(
    "option", ["model", "baseline", "backend", "profile", "thresholds", "data-root", "prompts", "engine-arg"]
)
def test_a_hostile_value_is_one_line_too(run_gate, oracle, option):
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", f"--{option}={HOSTILE}")
    assert done.code == 4, done.text
    (line,) = [line for line in done.text.splitlines() if line.strip()]
    assert not {"\x1b", "\u202e"} & set(line)
    assert "::" not in line


def test_a_hostile_data_files_content_and_name_are_one_line(run_gate, oracle, tmp_path):
    folder = tmp_path / "\x1b[2J\n::error::data"
    folder.mkdir()
    (folder / "mli_test_v1.jsonl").write_text('{"pairID": "a"}\n')
    done = run_gate(f"--model={oracle}", f"--baseline={oracle}", "--backend=scripted", f"--data-root={folder}")
    assert done.code == 4
    assert "\x1b" not in done.text
    assert not [line for line in done.text.splitlines() if line.startswith("::")]
    assert "mli_test_v1.jsonl:1: no column gold_label" in done.text
