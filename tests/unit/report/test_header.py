"""The lines that name a run: complete, within a terminal, and steered by no name."""

from clue_lib.report import header
from clue_lib.types import Fingerprint, Identity


def test_the_header_names_models_data_and_rules(info):
    text = " ".join(" ".join(header(info(limit=20))).split())
    for part in (
        "baseline Llama-3-8B-Instruct",
        "candidate JSL-MedLlama-3-8B-v2.0",
        "weights 0123456789ab tokenizer 0123456789ab template 0123456789ab adapter 0123456789ab",
        "engine transformers 5.19.0 bfloat16 cuda sm_90",
        "data mednli: not the official file (credentialed), 1413 of 1422 examples scored",
        "data problem_summary: not the official file",
        "profile ci, limit 20 per task; thresholds: ./thresholds.toml 0123456789ab",
    ):
        assert part in text, part


def test_the_header_is_no_wider_than_a_terminal(info):
    run = info(limit=100_000, thresholds="/a/very/long/path" * 20)
    assert max(len(line) for line in header(run)) <= 80


def test_a_models_name_cannot_steer_the_terminal(info):
    run = info()
    hostile = type(run.baseline)(name="\x1b[2Jm\u202e\nx", identity=Identity(replay="ab"), engine=Fingerprint(name="e"))
    text = "".join(header(info(baseline=hostile)))
    assert not set(text) & set("\x1b\u202e\n")
    assert "m x (replay ab)" in text
