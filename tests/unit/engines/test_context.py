"""What is told of a model before its engine starts, from config.json and tokenizer.json alone."""

import json

import pytest
from skips import needs

from clue_lib.engines import context
from clue_lib.types import Message, Request, Sampling

needs_tokenizers = needs("tokenizers", "the transformers extra")


def request(text, max_new_tokens=10):
    sampling = Sampling(max_new_tokens=max_new_tokens)
    return Request(key=text[:8], messages=(Message(role="user", content=text),), sampling=sampling)


@pytest.fixture
def weights(tmp_path):
    """A folder whose tokenizer makes one token of each word."""
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"},
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 100, "model_type": "llama"}')
    return tmp_path


@pytest.mark.parametrize(
    ("config", "args", "expected"),
    [
        ('{"max_position_embeddings": 100}', {}, 100),
        ('{"max_position_embeddings": 100}', {"max_model_len": 60}, 60),
        ('{"max_position_embeddings": 100}', {"max_model_len": 200}, 100),
        ('{"text_config": {"max_position_embeddings": 70}}', {}, 70),
        ("{}", {}, None),
        ("{", {"max_model_len": 60}, None),
    ],
)
def test_context(tmp_path, config, args, expected):
    (tmp_path / "config.json").write_text(config)
    assert context.context_length(tmp_path, args) == expected


def test_memory_needs_name_size_and_context(weights):
    (weights / "model.safetensors").write_bytes(b"")
    assert context.memory_needs(weights, {}).startswith("weights 0.0 GB, context 100 tokens, ")


@needs_tokenizers
@pytest.mark.parametrize(("n_words", "is_long"), [(10, False), (90, False), (91, True), (500, True)])
def test_a_prompt_that_leaves_no_room_for_its_answer_is_known_beforehand(weights, n_words, is_long):
    asked = request("word " * n_words)
    assert context.beyond_context(weights, [asked], {}) == ({asked.key: n_words} if is_long else {})


def test_nothing_is_counted_where_context_or_tokenizer_are_unknown(weights):
    asked = request("word " * 500)
    (weights / "tokenizer.json").unlink()
    assert context.beyond_context(weights, [asked], {}) == {}
    (weights / "config.json").unlink()
    assert context.beyond_context(weights, [asked], {}) == {}
