"""Which LoRA adapters one engine can serve beside their base, told from the files alone."""

import json

import pytest

from clue_lib.errors import ModelError
from clue_lib.models import adapters

TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}"


def tensors(*names):
    """A safetensors file without data: the length of its header in eight bytes, then the header."""
    header = json.dumps({name: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for name in names}).encode()
    return len(header).to_bytes(8, "little") + header


@pytest.fixture
def base(tmp_path):
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return folder


@pytest.fixture
def adapter(tmp_path):
    """Makes an adapter's folder of the configuration and tensors given."""

    def make(*names, **config):
        folder = tmp_path / "lora"
        folder.mkdir()
        (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "b", "r": 8} | config))
        (folder / "adapter_model.safetensors").write_bytes(tensors(*names))
        return folder

    return make


def test_a_plain_lora_is_served(adapter, base):
    adapters.check_servable(adapter("layers.0.q_proj.lora_A.weight", modules_to_save=None), base)


@pytest.mark.parametrize(
    ("names", "config", "reason"),
    [
        ((), {"r": 513}, "its rank 513 is above 512"),
        ((), {"use_dora": True}, "it is a DoRA adapter"),
        ((), {"rank_pattern": {"q_proj": 1024}}, "its rank 1024 is above 512"),
        ((), {"modules_to_save": ["lm_head"]}, "it replaces whole modules (lm_head)"),
        ((), {"trainable_token_indices": [5, 7]}, "it trains the embeddings of single tokens (5, 7)"),
        ((), {"target_parameters": ["experts.w"]}, "it adapts parameters outside of linear layers (experts.w)"),
        ((), {"layer_replication": [[0, 2], [1, 2]]}, "it repeats layers of its base ([0, 2], [1, 2])"),
        ((), {"lora_bias": True}, "it adds a bias to its layers (lora_bias)"),
        ((), {"use_qalora": True, "qalora_group_size": 16}, "it is a QALoRA adapter"),
        ((), {"kasa_config": {"beta": 1}}, "it is a KaSA adapter"),
        ((), {"peft_type": "LOHA"}, "it is of kind LOHA, and only LoRA is served"),
        ((), {"use_sora": {"k": 1}}, 'adapter_config.json sets use_sora = {"k": 1}, which is not known here'),
        (
            (),
            {"bias": "all"},
            "it trains its base's own biases (bias = 'all'), which stay when it is switched off",
        ),
        *(
            (
                (),
                {"init_lora_weights": name},
                f"its initialisation, '{name.lower()}', changes its base where the two are loaded together",
            )
            for name in ("pissa", "pissa_niter_4", "OLoRA", "loftq", "eva")
        ),
        (("base_model.model.model.embed_tokens.weight",), {}, "it carries embeddings, as after a resized vocabulary"),
    ],
)
def test_what_is_refused_says_why_and_what_to_do(adapter, base, names, config, reason):
    folder = adapter(*names, **config)
    with pytest.raises(ModelError) as caught:
        adapters.check_servable(folder, base)
    assert str(caught.value) == f"{folder}: {reason}; merge it into its base with --merge-adapter"


@pytest.mark.parametrize(
    "config",
    [
        {
            "init_lora_weights": "gaussian",
            "use_rslora": True,
            "rank_pattern": {"q_proj": 32},
            "layers_to_transform": [1],
        },
        {"use_sora": None, "sora_config": {}, "sora_names": [], "sora": False},  # of a later peft, and not in use
    ],
)
def test_settings_that_change_nothing_are_served(adapter, base, config):
    adapters.check_servable(adapter("layers.0.q_proj.lora_A.weight", **config), base)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"peft_type": "PROMPT_TUNING"}, "adds to the prompt, not to the weights"),
        ({"alora_invocation_tokens": [1, 2]}, "it is an activated LoRA"),
        ({"init_lora_weights": "corda"}, "path_initial_model_for_weight_conversion"),
    ],
)
def test_what_can_not_be_merged_either_is_not_sent_there(adapter, base, config, reason):
    folder = adapter(**config)
    for check in (lambda: adapters.check_servable(folder, base), lambda: adapters.check_mergeable(folder)):
        with pytest.raises(ModelError, match=reason) as caught:
            check()
        assert "--merge-adapter" not in str(caught.value)


def test_a_pickled_adapter_is_read_only_where_pickles_are_trusted(adapter, base):
    folder = adapter()
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(ModelError, match=r"adapter_model\.bin is a pickle, which can run code when it is read"):
        adapters.check_servable(folder, base)
    adapters.check_servable(folder, base, allow_pickle=True)
    (folder / "adapter_model.bin").unlink()
    with pytest.raises(ModelError, match=r"has no adapter_model\.safetensors"):
        adapters.check_servable(folder, base, allow_pickle=True)


def test_the_largest_rank_of_any_module_counts(adapter):
    assert adapters.read_config(adapter(rank_pattern={"q_proj": 32, "v_proj": 4})).largest_rank == 32
    assert adapters.AdapterConfig(r=4).largest_rank == 4


def test_another_chat_template_is_refused(adapter, base):
    folder = adapter()
    (folder / "chat_template.jinja").write_text(TEMPLATE + "!")
    with pytest.raises(ModelError, match="its chat template differs from its base's"):
        adapters.check_servable(folder, base)


@pytest.mark.parametrize("name", ["chat_template.jinja", "tokenizer_config.json"])
def test_the_same_chat_template_is_served_whichever_file_holds_it(adapter, base, name):
    folder = adapter()
    content = TEMPLATE + "\n" if name.endswith("jinja") else json.dumps({"chat_template": TEMPLATE})
    (folder / name).write_text(content)
    adapters.check_servable(folder, base)


@pytest.mark.parametrize("content", [b"", b"lora", b"\xff" * 8 + b"{}", tensors("a")[:-3]])
def test_weights_that_are_no_safetensors_are_one_line(adapter, base, content):
    folder = adapter()
    (folder / "adapter_model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="is no safetensors file") as caught:
        adapters.check_servable(folder, base)
    assert "\n" not in str(caught.value)
