"""Backends from outside: one file or one entry point is enough, and a half-written one says what it lacks."""

import sys

import pytest

from clue_lib import engines
from clue_lib.engines import external
from clue_lib.errors import MissingExtra, OptionError
from clue_lib.types import Fingerprint

TOY = """
from clue_lib.engines import Engine
from clue_lib.types import Fingerprint, Generation


class Toy(Engine):
    name = "toy"
    own_process = False

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint()

    def __init__(self, weights, adapters, args):
        pass

    def generate(self, requests, adapter):
        return [Generation(text="yes", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1) for _ in requests]
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Writes toy.py into the current folder, with one part of its text put in another's place."""
    monkeypatch.chdir(tmp_path)

    def write(part="", other=""):
        assert part in TOY
        (tmp_path / "toy.py").write_text(TOY.replace(part, other) if part else TOY, encoding="utf-8")
        return "toy.py:Toy"

    return write


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """Installs a package that offers `value` under that name, as far as a package index would write files for it."""

    def offer(name, value):
        folder = tmp_path / "site" / "clue_toys-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: clue-toys\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[{external.GROUP}]\n{name} = {value}\n")
        monkeypatch.syspath_prepend(folder.parent)

    return offer


def mistake(name):
    with pytest.raises(OptionError) as caught:
        engines.choose(name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_class_in_a_file_is_a_backend(toy):
    backend = engines.choose(toy())
    assert (backend.name, backend.own_process) == ("toy", False)
    assert engines.choose("toy.py:Toy") is backend
    engines.check_args(backend, {})


def test_an_edited_file_is_another_backend_whose_answers_are_stored_apart(toy, tmp_path):
    before = engines.choose(toy())
    after = engines.choose(toy('text="yes"', 'text="no"'))
    assert before is not after
    first, second = (engines.fingerprint(backend, tmp_path, {}) for backend in (before, before))
    assert first == second
    assert first.name == engines.fingerprint(after, tmp_path, {}).name == "toy"


def test_a_file_that_states_no_version_has_its_digest_in_its_place(toy, tmp_path):
    # sha256sum of the file, its first twelve characters, and of the file with one word changed.
    import hashlib

    for backend_name in (toy(), toy('text="yes"', 'text="no"')):
        backend = engines.choose(backend_name)
        digest = hashlib.sha256((tmp_path / "toy.py").read_bytes()).hexdigest()[:12]
        assert engines.fingerprint(backend, tmp_path, {}) == Fingerprint(name="toy", version=digest)
    stated = engines.choose(toy("Fingerprint()", 'Fingerprint(name="other", version="2", args="top_k=1")'))
    assert engines.fingerprint(stated, tmp_path, {}) == Fingerprint(name="toy", version="2", args="top_k=1")


def test_an_installed_class_is_a_backend_by_its_entry_point(toy, offered, tmp_path, monkeypatch):
    toy()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "toy", raising=False)
    offered("toy", "toy:Toy")
    assert engines.choose("toy").name == "toy"
    assert engines.is_known("toy")
    assert "known: auto, vllm, transformers, server, replay, scripted, toy; your own: FILE.py:ClassName" in mistake(
        "tyo"
    )


def test_no_package_offers_any_here():
    assert external.installed() == {}
    assert not engines.is_known("toy")


@pytest.mark.parametrize(
    ("part", "other", "problem"),
    [
        ('    name = "toy"\n', "", "Toy lacks name; see clue_lib.engines.Engine"),
        ("def generate", "def answer", "Toy lacks generate(); see clue_lib.engines.Engine"),
        ("class Toy(Engine)", "class Toy", "Toy is no subclass of clue_lib.engines.Engine; derive it from that"),
        ("class Toy(Engine)", "Toy = 3\nclass Other(Engine)", "Toy is no subclass of clue_lib.engines.Engine; "),
        ("class Toy", "class Other", "toy.py has no Toy; check the name of the class"),
        ('"toy"', "3", "Toy: name = 3: Expected `str`, got `int`; see clue_lib.engines.Engine"),
        ('"toy"', '"a b"', r"Toy: name = 'a b': Expected `str` matching regex"),
        ("own_process = False", 'requires = "torch"', "Toy: requires = 'torch': Expected `array`, got `str`; see "),
        ("own_process = False", "chunk_size = 0", "Toy: chunk_size = 0: Expected `int` >= 1; see "),
        ("own_process = False", 'own_process = "no"', "Toy: own_process = 'no': Expected `bool`, got `str`; see "),
        ('"toy"', '"vllm"', "the name vllm is taken by a backend of ours; choose another"),
        ("class Toy", "class Toy(", "toy.py can't be imported (SyntaxError: "),
        ("import Engine", "import Motor", "toy.py can't be imported (ImportError: cannot import name 'Motor' from "),
        ("from clue_lib.types", "from clue_libb.types", "(ModuleNotFoundError: No module named 'clue_libb', toy.py "),
        (
            "class Toy",
            "1 / 0\nclass Toy",
            "can't be imported (ZeroDivisionError: division by zero, toy.py line 6)",
        ),
    ],
)
def test_a_half_written_class_says_what_it_lacks(toy, part, other, problem):
    message = mistake(toy(part, other))
    assert message.startswith("--backend=toy.py:Toy: ")
    assert problem in message


def test_all_that_is_lacking_is_said_at_once(toy, tmp_path):
    (tmp_path / "toy.py").write_text("from clue_lib.engines import Engine\nclass Toy(Engine): pass\n")
    lacking = "name, __init__(), fingerprint(), generate()"
    assert mistake("toy.py:Toy") == f"--backend=toy.py:Toy: Toy lacks {lacking}; see clue_lib.engines.Engine"


def test_a_mistaken_file_is_said_again_the_next_time(toy):
    name = toy("class Toy", "1 / 0\nclass Toy")
    assert mistake(name) == mistake(name)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("toy.py", "name the class as well, as in --backend=FILE.py:ClassName"),
        ("toy.py:", "name the class as well, as in --backend=FILE.py:ClassName"),
        ("none.py:Toy", "no such file; check the path"),
        (
            "toy:Toy",
            "no such backend; known: auto, vllm, transformers, server, replay, scripted; your own: FILE.py:ClassName",
        ),
        ("", "no such backend; known: auto, vllm, transformers, server, replay, scripted; your own: FILE.py:ClassName"),
    ],
)
def test_a_name_that_means_nothing(toy, given, problem):
    toy()
    assert mistake(given) == f"--backend={given}: {problem}"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("toy", "json:Toy", "json:Toy can't be imported (AttributeError: module 'json' has no attribute 'Toy')"),
        ("toy", "json:loads", "json:loads is no subclass of clue_lib.engines.Engine; derive it from that"),
        ("toy", "clue_lib.engines:Engine", "clue_lib.engines:Engine lacks name, __init__(), fingerprint(), generate()"),
        (
            "toy",
            "clue_lib.engines.scripted:Scripted",
            "clue_lib.engines.scripted:Scripted has another name, 'scripted'; give class and entry point one",
        ),
    ],
)
def test_what_a_package_offers_may_be_none(offered, name, value, problem):
    offered(name, value)
    assert mistake(name).startswith(f"--backend={name}: {problem}")


def test_what_it_needs_and_nobody_has_is_named(toy):
    with pytest.raises(MissingExtra) as caught:
        engines.choose(toy("own_process = False", 'requires = ("json", "no_such_module_of_clue.part")'))
    assert str(caught.value) == "--backend=toy.py:Toy: no_such_module_of_clue.part not installed; install them"


def test_a_fingerprint_of_another_type_is_one_line(toy, tmp_path):
    backend = engines.choose(toy("Fingerprint()", '{"name": "toy"}'))
    with pytest.raises(OptionError, match=r"^--backend=toy: fingerprint\(\) must return a clue_lib.types.Fingerprint$"):
        engines.fingerprint(backend, tmp_path, {})
