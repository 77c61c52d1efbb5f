"""`models check`: what a tiny model's files say of it, in lines that a user reads before a run; nothing is loaded."""

import json
import time

import pytest
from skips import needs

from clue_lib.commands import model_rendering

pytestmark = needs("transformers", "the transformers extra")

THINKING = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}\n{% endfor %}<|assistant|>"
    "{% if not enable_thinking %}<think>\n\n</think>\n{% endif %}"
)


@pytest.fixture
def folder(tmp_path):
    """Makes a model's folder: a tiny tokenizer with this template, and one tensor."""
    from tiny_tokenizer import tiny_tokenizer

    def make(template, **config):
        made = tmp_path / "tiny"
        tiny_tokenizer(template, eos="<|end|>", special=("<|stop|>",)).save_pretrained(made)
        head = json.dumps({"w": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()
        (made / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"\0\0")
        known = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 512}
        (made / "config.json").write_text(json.dumps(known | config))
        return made

    return make


@pytest.fixture
def in_this_process(monkeypatch):
    """Renders here: a process of its own imports transformers anew, some seconds a test."""
    monkeypatch.setattr(model_rendering, "failure_in_child", lambda _, *paths: model_rendering.write(*paths))


def told(run, folder):
    """What the command prints of the folder, by label; the prompt is the lines behind its own."""
    code, out, err = run("models", "check", folder)
    assert (code, err) == (0, "")
    parts = {}
    label = ""
    for line in out.splitlines():
        label = line[:13].strip() or label
        parts.setdefault(label, []).append(line[13:])
    return {name: "\n".join(lines) for name, lines in parts.items()}


def test_a_thinking_model(run, folder):
    parts = told(run, folder(THINKING, eos_token_id=257))
    assert parts["model"] == "tiny"
    assert parts["architecture"].startswith("LlamaForCausalLM: ")
    assert parts["weights"] == "stored as bfloat16"
    assert parts["context"] == "512 tokens"
    assert parts["template"] == "chat template"
    assert parts["thinking"] == (
        "<think> … </think>; --reasoning=auto gives it room, --reasoning=off sets enable_thinking=false"
    )
    assert "<|end|> (257)" in parts["end tokens"]
    assert parts["prompt"].splitlines()[0] == "| <|system|>You are a clinician."
    assert "adapter" not in parts


@pytest.mark.usefixtures("in_this_process")
def test_a_model_without_a_template(run, folder):
    parts = told(run, folder(None))
    assert parts["template"] == "no chat template: plain text"
    assert parts["thinking"] == "no sign of it in template and tokenizer"


@pytest.mark.usefixtures("in_this_process")
def test_a_template_that_refuses_is_one_line(run, folder):
    code, out, err = run("models", "check", folder("{{ raise_exception('no \\ud800 turns') }}"))
    assert (code, out) == (4, "")
    assert err.startswith("error: the model's chat template can't be rendered (no ")
    assert err.count("\n") == 1


@pytest.mark.slow
def test_a_template_that_only_the_end_of_its_process_stops_is_one_line(run, folder):
    begun = time.monotonic()
    code, out, err = run("models", "check", made := folder("{{ 9**(9**9) }}"))
    assert (code, out) == (4, "")
    assert err == f"error: {made}: the model's chat template does not end; mend it, or use --template=plain\n"
    assert time.monotonic() - begun < 60  # 15 of its own, and a busy machine's imports


@pytest.mark.usefixtures("in_this_process")
def test_an_architecture_that_nobody_knows(run, folder):
    parts = told(run, folder(THINKING, architectures=["Mamba9"], model_type="mamba9"))
    assert "transformers does not know it" in parts["architecture"]


def test_weights_that_are_cut_short_are_one_line(run, folder):
    made = folder(THINKING)
    with (made / "model.safetensors").open("r+b") as file:
        file.truncate(20)
    code, out, err = run("models", "check", made)
    assert (code, out) == (4, "")
    assert err.startswith(f"error: {made}/model.safetensors is no safetensors file")
    assert err.count("\n") == 1


@pytest.mark.usefixtures("in_this_process")
def test_an_adapter_says_what_it_is_and_whether_it_is_served(run, folder, tmp_path):
    base = folder(THINKING)
    adapter = tmp_path / "lora"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    config = {"peft_type": "LORA", "r": 4, "rank_pattern": {"q_proj": 32}, "base_model_name_or_path": str(base)}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    parts = told(run, adapter)
    assert parts["model"] == "lora, adapter of tiny"
    assert parts["adapter"] == "LORA of rank 32, served beside its base"
    (adapter / "adapter_config.json").write_text(json.dumps(config | {"init_lora_weights": "pissa"}))
    assert told(run, adapter)["adapter"].startswith(
        "LORA of rank 32, refused beside its base: its initialisation, 'pissa'"
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [("nowhere", "no such alias, folder or repository id"), ("replay:x", "no about.json in that folder")],
)
def test_what_is_no_model_is_one_line(run, given, problem):
    code, _, err = run("models", "check", given)
    assert code == 4
    assert problem in err
    assert err.count("\n") == 1
