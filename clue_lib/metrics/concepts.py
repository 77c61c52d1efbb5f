"""Which medical concepts an answer names, beside those of the reference and of the text it was asked about.

A linker finds them (`clue_lib.terminology`). Another linker is another metric with another signature: register it with
`functools.partial(concept_f1, linker=…)` and the same of `tool`. Negation is not handled: "no fever" names fever.
"""

from collections.abc import Sequence
from hashlib import blake2b

from clue_lib.metrics.base import answer_text
from clue_lib.terminology import Linker, OpenLinker
from clue_lib.types import Response

OPEN = OpenLinker()
"""The default: offline, from MeSH, ICD-10-CM and our own abbreviations."""

Concepts = frozenset[str]

_MOST_LINKS = 100_000
_links: dict[tuple[str, bool, bytes], Concepts] = {}


def concept_f1(responses: Sequence[Response], *, linker: Linker = OPEN) -> list[float | None]:
    """F1 of the answer's concepts against the reference's, as sets; CLUE's "UMLS F1" (arXiv 2404.04067).

    None where the reference names no concept, whatever the answer. An empty or unparsed answer scores 0.
    """
    golds = _linked([str(response.example.gold) for response in responses], linker)
    answers = _linked([answer_text(response) for response in responses], linker)
    return [_f1(answer, gold) if gold else None for answer, gold in zip(answers, golds, strict=True)]


def unsupported_concepts(responses: Sequence[Response], *, linker: Linker = OPEN) -> list[float | None]:
    """Share of the answer's concepts that stand neither in what was asked nor in the reference; 0 of none.

    A share and not a flag: a long answer names more concepts than a short one and would be flagged for its length.
    What was asked is all of the example's fields, documents and options. It supports a concept by any term, also by one
    inside a longer term: a letter's "acute kidney injury" supports "injury". An empty or unparsed answer says nothing:
    None.
    """
    values: list[float | None] = []
    for response, (n_new, n_named) in zip(responses, _unsupported(responses, linker), strict=True):
        share = n_new / n_named if n_named else 0.0
        values.append(share if answer_text(response) else None)
    return values


def n_unsupported(responses: Sequence[Response], *, linker: Linker = OPEN) -> list[int]:
    """How many of each answer's concepts stand neither in what was asked nor in the reference."""
    return [n_new for n_new, _ in _unsupported(responses, linker)]


def tool(*, linker: Linker = OPEN) -> str:
    """The linker, its vocabulary and their versions."""
    return linker.signature


def _unsupported(responses: Sequence[Response], linker: Linker) -> list[tuple[int, int]]:
    """For each answer how many of its concepts nothing supports, and how many it names."""
    sources = _linked([_source(response) for response in responses], linker, nested=True)
    answers = _linked([answer_text(response) for response in responses], linker)
    return [(len(answer - source), len(answer)) for answer, source in zip(answers, sources, strict=True)]


def _f1(answer: Concepts, gold: Concepts) -> float:
    return 2 * len(answer & gold) / (len(answer) + len(gold))


def _source(response: Response) -> str:
    """Everything that the model was shown of the example, and the reference; items end as sentences do."""
    example = response.example
    return "\n\n".join((*example.fields.values(), *example.documents, *example.options, str(example.gold)))


def _linked(texts: Sequence[str], linker: Linker, *, nested: bool = False) -> list[Concepts]:
    """The concepts of each text; what was linked before, for another metric or model, is not linked again."""
    if len(_links) > _MOST_LINKS:
        _links.clear()
    kind = (linker.signature, nested)
    keys = [(*kind, blake2b(text.encode(errors="surrogatepass")).digest()) for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in _links}
    if missing:
        _links.update(zip(missing, linker.link(list(missing.values()), nested=nested), strict=True))
    return [_links[key] for key in keys]
