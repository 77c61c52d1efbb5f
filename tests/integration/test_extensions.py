"""A backend and aliases of one's own: one file each, named on the command line."""

import hashlib
import json

import pytest

TOY = '''"""A backend that agrees with everything."""

from clue_lib.engines import Engine
from clue_lib.types import Fingerprint, Generation


class Toy(Engine):
    name = "toy"
    own_process = OWN

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(device="cpu")

    def __init__(self, weights, adapters, args):
        print("loading", weights)

    def generate(self, requests, adapter):
        return [
            Generation(text="entailment", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for _ in requests
        ]
'''


@pytest.fixture
def model(tmp_path):
    """Makes a model's folder, as far as the gate looks into it."""

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"_name_or_path": name}))
        return folder

    return make


@pytest.fixture
def toy(tmp_path):
    """Writes the backend into a file whose path has a space and an umlaut."""

    def write(text):
        folder = tmp_path / "eigene Größe"
        folder.mkdir()
        path = folder / "toy.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("own_process", [False, True])
def test_a_backend_in_a_file_answers_in_this_process_and_in_its_own(
    run_gate, model, toy, tmp_path, workers, own_process
):
    path = toy(TOY.replace("OWN", str(own_process)))
    named = (f"--model={model('tuned')}", f"--baseline={model('base')}", f"--backend={path}:Toy")
    done = run_gate(*named, "--limit=2", "-k", "mednli", *workers)
    run = done.report["run"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert run["baseline"]["engine"] == run["candidate"]["engine"]
    assert run["baseline"]["engine"] == {"name": "toy", "version": digest, "device": "cpu"}
    assert done.report["command"].split("--backend=")[1].split()[0] == "FILE.py:CLASS"
    assert set(done.outcomes().values()) <= {"IDENTICAL", "NO SIGNAL", None}, done.text
    assert (tmp_path / "report" / "engine.log").exists() == own_process  # what it prints goes there


def test_a_half_written_backend_is_a_usage_error_in_one_line(run_gate, model, toy):
    path = toy(TOY.replace("OWN", "False").replace("def generate", "def answer"))
    done = run_gate(f"--model={model('tuned')}", f"--baseline={model('base')}", f"--backend={path}:Toy")
    assert done.code == 4
    assert f"--backend={path}:Toy: Toy lacks generate(); see clue_lib.engines.Engine" in done.text
    assert "Traceback" not in done.text


def test_a_mistaken_models_file_is_a_usage_error_in_one_line(run_gate, tmp_path):
    path = tmp_path / "models.toml"
    path.write_text('["Ours"]\nrepo = "acme/ours"\n')
    done = run_gate("--model=Ours", f"--models-file={path}", "--backend=scripted")
    assert done.code == 4
    problem = f'{path} ["Ours"]: Object contains unknown field `repo`; the keys are repository, base, kind, wheel'
    assert problem in done.text
    assert "Traceback" not in done.text
