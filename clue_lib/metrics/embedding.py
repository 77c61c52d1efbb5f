"""Closeness of meaning to a reference: BERTScore (Zhang et al. 2020, arXiv 1904.09675) through `bert-score`.

Needs no GPU and touches none unless told to: the process that scores is pytest's own.
"""

import contextlib
import io
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from pathlib import Path

import platformdirs

from clue_lib.metrics import embedding_model
from clue_lib.metrics.base import answer_text
from clue_lib.metrics.embedding_model import OFFLINE, EmbeddingModel
from clue_lib.metrics.pair_scores import Pair, PairScores
from clue_lib.types import Response

_CHUNK = 256  # pairs between two writes: what an interruption costs, and what is held in memory
_kept_in: ContextVar[Path | None] = ContextVar("kept_in", default=None)


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
    unlike = {(answer, gold) for answer, gold in pairs if answer and gold and answer != gold}
    scores = _scores(unlike, model, folder, device) if unlike else {}
    return [scores.get(pair, float(pair[0] == pair[1] != "")) for pair in pairs]


def tool(*, model: EmbeddingModel = OFFLINE) -> str:
    """Packages, model and settings. Raises MissingExtra or ModelError where the numbers could not be computed."""
    return embedding_model.tool(model)


@contextlib.contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Within the block, scores are kept below the folder, where private data lie, and not in the user's cache."""
    token = _kept_in.set(folder)
    try:
        yield
    finally:
        _kept_in.reset(token)


def _scores(pairs: set[Pair], model: EmbeddingModel, folder: Path | None, device: str) -> dict[Pair, float]:
    place = folder or (_kept_in.get() or platformdirs.user_cache_path("clue-gate")) / "bertscore"
    store = PairScores(place, tool(model=model))
    known = store.get(pairs)
    if len(known) == len(pairs):
        return known
    with _held(store):  # whoever waited here finds the other's scores
        known |= store.get(pairs - known.keys())
        for chunk in _chunks(pairs - known.keys()):
            computed = dict(zip(chunk, _computed(chunk, model, device), strict=True))
            store.add(computed)
            known |= computed
    return known


@contextlib.contextmanager
def _held(store: PairScores) -> Iterator[None]:
    """Hold the store's lock; where the folder can't be written to, nobody else can write there either."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(store.lock)
        yield


def _chunks(pairs: set[Pair]) -> Iterator[list[Pair]]:
    """The pairs in batches of like length, since the longest text of a batch sets the cost of all."""
    ordered = sorted(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]), pair))
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def _computed(pairs: Sequence[Pair], model: EmbeddingModel, device: str) -> list[float]:
    scorer = embedding_model.scorer(model, device)
    answers, golds = zip(*pairs, strict=True)
    with contextlib.redirect_stderr(io.StringIO()):  # it prints a line on texts without a token, which score 0
        _, _, f1 = scorer.score(list(answers), list(golds))
    return [min(max(value, 0.0), 1.0) for value in f1.tolist()]
