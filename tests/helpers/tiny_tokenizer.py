"""A real tokenizer of 300 tokens: bytes, and the special tokens of whatever family a template is of."""

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from tokenizers.pre_tokenizers import ByteLevel
from transformers import PreTrainedTokenizerFast


def tiny_tokenizer(template=None, *, bos="<s>", eos="</s>", special=()):
    """A byte-level tokenizer whose special tokens are single ones; `template` is its chat template."""
    vocabulary = {letter: number for number, letter in enumerate(sorted(ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos, eos_token=eos, pad_token=eos)
    made.add_special_tokens({"additional_special_tokens": [mark for mark in special if mark not in (bos, eos)]})
    made.chat_template = template
    return made
