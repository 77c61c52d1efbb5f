"""The UMLS linker: scispaCy finds mentions and their concepts, with the settings of CLUE's own scoring."""

import importlib.metadata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from clue_lib import digests
from clue_lib.errors import MissingExtra

_HOW = "run `make install-umls`, then do what it says"


@dataclass(frozen=True, slots=True, kw_only=True)
class UmlsLinker:
    """A spaCy pipeline that finds mentions, and scispaCy's linker, which gives each its best concept or none.

    `pipeline` is a package or a folder that spaCy loads, `knowledge_base` one that scispaCy knows by name.
    Abbreviations are resolved where the pipeline detects them; that of `en_core_sci_sm` does not. Negation is not
    handled: "no fever" names fever.
    """

    pipeline: str = "en_core_sci_sm"
    knowledge_base: str = "umls"
    batch_size: int = 64

    @property
    def signature(self) -> str:
        """Linker, pipeline and their versions; raises MissingExtra where one is absent, but loads none."""
        return (
            f"linker=umls,scispacy={_version('scispacy')},knowledge_base={self.knowledge_base},"
            f"pipeline={Path(self.pipeline).name}@{_pipeline_version(self.pipeline)}"
        )

    def link(self, texts: Sequence[str], *, nested: bool = False) -> list[frozenset[str]]:
        """Per text the ids of the concepts it mentions. Mentions don't overlap, so `nested` changes nothing."""
        documents = load(self.pipeline, self.knowledge_base).pipe(texts, batch_size=self.batch_size)
        return [frozenset(_best(document.ents)) for document in documents]


@lru_cache(maxsize=1)
def load(pipeline: str, knowledge_base: str) -> Any:
    """The pipeline with the linker at its end. UMLS is fetched the first time and takes minutes to load."""
    try:
        import scispacy.linking  # noqa: F401  (registers scispacy_linker)
        import spacy

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # both files were written by older versions than those that read them
            nlp = spacy.load(pipeline)
            config = {"resolve_abbreviations": True, "linker_name": knowledge_base}
            linker = nlp.add_pipe("scispacy_linker", config=config)
    except (ImportError, OSError) as error:
        raise MissingExtra(f"concepts: {pipeline} with {knowledge_base}: {error}; {_HOW}") from error
    restore_idf(linker.candidate_generator.vectorizer)
    return nlp


def restore_idf(vectorizer: Any) -> None:
    """Let a vectoriser that scikit-learn < 1.5 stored weigh its trigrams again.

    It holds their weights as `_idf_diag`, which later versions neither read nor miss: all would weigh the same.
    """
    weights = getattr(vectorizer._tfidf, "_idf_diag", None)
    if weights is not None:
        vectorizer.idf_ = weights.diagonal()


def _best(mentions: Sequence[Any]) -> Iterator[str]:
    """The concept that each mention's candidates begin with, the best one."""
    return (mention._.kb_ents[0][0] for mention in mentions if mention._.kb_ents)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtra(f"concepts: the UMLS linker needs {package}; {_HOW}") from error


def _pipeline_version(pipeline: str) -> str:
    folder = Path(pipeline)
    if not folder.is_dir():
        return _version(pipeline)
    return digests.of_files(path for path in folder.rglob("*") if path.is_file())[:8]
