"""The UMLS linker through scispaCy itself, with a small pipeline and knowledge base in place of the licensed ones."""

import importlib.metadata
import json

import numpy as np
import pytest

from clue_lib.errors import MissingExtra
from clue_lib.terminology import UmlsLinker, umls_linker

spacy = pytest.importorskip("spacy", reason="needs `make install-umls`")
nmslib = pytest.importorskip("nmslib", reason="needs `make install-umls`")
candidate_generation = pytest.importorskip("scispacy.candidate_generation", reason="needs `make install-umls`")

MENTIONS = ["acute kidney injury", "heart attacks", "asthma", "qqq"]
# id, name, aliases, definition: scispaCy links what has no definition only when it is nearly the same.
ENTITIES = [
    ("C1", "Acute kidney injury", ["AKI", "acute renal failure"], "sudden loss of function"),
    ("C2", "Myocardial infarction", ["heart attack"], "death of heart muscle"),
    ("C3", "Asthma", ["bronchial asthma"], "narrow airways"),
]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    """A pipeline that only knows the mentions, in a folder as spaCy stores it."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": "ENTITY", "pattern": mention} for mention in MENTIONS])
    folder = tmp_path_factory.mktemp("tiny_pipeline")
    nlp.to_disk(folder)
    return str(folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Index, vectoriser and aliases in the files of scispaCy's own knowledge bases; and the knowledge base.

    `create_tfidf_ann_index` would make them, but refuses to run with scipy ≥ 1.11.
    """
    import joblib
    import scipy.sparse
    from scispacy.linking_utils import Entity, KnowledgeBase
    from sklearn.feature_extraction.text import TfidfVectorizer

    base = KnowledgeBase([Entity(id_, name, aliases, ["T047"], text) for id_, name, aliases, text in ENTITIES])
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    vectors = vectorizer.fit_transform(list(base.alias_to_cuis))
    ann = nmslib.init(method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR)
    ann.addDataPointBatch(vectors)
    ann.createIndex({"M": 10, "efConstruction": 100, "post": 0})
    paths = candidate_generation.LinkerPaths.from_directory(tmp_path_factory.mktemp("tiny_index"))
    ann.saveIndex(paths.ann_index)
    joblib.dump(vectorizer, paths.tfidf_vectorizer)
    scipy.sparse.save_npz(paths.tfidf_vectors, vectors)
    with open(paths.concept_aliases_list, "w", encoding="utf-8") as file:
        json.dump(list(base.alias_to_cuis), file)
    return paths, base


@pytest.fixture
def linker(pipeline, index, monkeypatch):
    """The linker over the knowledge base "tiny", which scispaCy now knows by name as it does "umls"."""
    paths, base = index
    monkeypatch.setitem(candidate_generation.DEFAULT_PATHS, "tiny", paths)
    monkeypatch.setitem(candidate_generation.DEFAULT_KNOWLEDGE_BASES, "tiny", lambda: base)
    umls_linker.load.cache_clear()
    yield UmlsLinker(pipeline=pipeline, knowledge_base="tiny", batch_size=2)
    umls_linker.load.cache_clear()


def test_best_candidate_of_each_mention(linker):
    # "heart attacks" shares most trigrams with "heart attack"; "qqq" is a mention, but of nothing known.
    texts = ["Acute kidney injury and asthma; heart attacks, qqq.", "", "no asthma", "fine"]
    assert linker.link(texts) == [frozenset({"C1", "C2", "C3"}), frozenset(), frozenset({"C3"}), frozenset()]


def test_nested_changes_nothing(linker):
    assert linker.link(["acute kidney injury"], nested=True) == linker.link(["acute kidney injury"])


def test_signature_names_versions_and_pipelines_content(linker, pipeline):
    version = importlib.metadata.version("scispacy")
    assert linker.signature.startswith(f"linker=umls,scispacy={version},knowledge_base=tiny,pipeline=tiny_pipeline")
    assert str(pipeline) not in linker.signature


def test_missing_model_is_one_line_before_and_while_loading():
    linker = UmlsLinker(pipeline="en_core_absent")
    with pytest.raises(MissingExtra, match=r"needs en_core_absent; run `make install-umls`"):
        linker.signature  # noqa: B018
    with pytest.raises(MissingExtra, match=r"Can't find model 'en_core_absent'.*run `make install-umls`"):
        linker.link(["gout"])


def test_weights_stored_by_an_older_scikit_learn_still_count(index):
    """Before 1.5 a fitted vectoriser held them as the diagonal of `_idf_diag`, and had no `idf_`."""
    import joblib
    import scipy.sparse

    vectorizer = joblib.load(index[0].tfidf_vectorizer)
    expected = vectorizer.transform(["acute kidney"]).toarray()
    vectorizer._tfidf._idf_diag = scipy.sparse.diags(vectorizer.idf_)
    del vectorizer._tfidf.idf_
    assert not np.allclose(vectorizer.transform(["acute kidney"]).toarray(), expected)
    umls_linker.restore_idf(vectorizer)
    assert np.allclose(vectorizer.transform(["acute kidney"]).toarray(), expected)
