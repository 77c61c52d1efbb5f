"""Choosing a backend by name, with what it needs checked before anything is imported."""

from typing import ClassVar

import pytest

from clue_lib import engines
from clue_lib.engines.scripted import Scripted
from clue_lib.errors import MissingExtra, OptionError


class Exotic(Scripted):
    """A backend whose packages nobody has."""

    name: ClassVar[str] = "exotic"
    requires = ("json", "no_such_module_of_clue")
    extra = "exotic"
    args = frozenset({"batch_size", "dtype"})


@pytest.fixture
def exotic():
    engines.BACKENDS["exotic"] = Exotic
    yield
    del engines.BACKENDS["exotic"]


def test_every_backend_goes_by_its_own_name():
    assert {name: kind.name for name, kind in engines.BACKENDS.items()} == {name: name for name in engines.BACKENDS}


def test_what_is_missing_is_named_with_the_extra_that_brings_it(exotic):
    with pytest.raises(MissingExtra) as caught:
        engines.choose("exotic")
    message = str(caught.value)
    assert message.startswith("--backend=exotic: no_such_module_of_clue not installed; ")
    assert "clue-gate[exotic]" in message


def test_an_unknown_name_lists_the_known():
    with pytest.raises(OptionError, match=r"^--backend=Scripted: no such backend; known: auto, .*scripted"):
        engines.choose("Scripted")


def test_an_adapter_needs_a_backend_that_serves_it_or_is_merged(exotic):
    with pytest.raises(OptionError, match=r"^--backend=exotic: it serves no adapters; merge yours with") as caught:
        engines.check_adapters(Exotic)
    assert "\n" not in str(caught.value)

    class Serving(Exotic):
        serves_adapters = True
        adapters_require = ("no_such_module_of_clue.lora",)

    with pytest.raises(MissingExtra, match=r"^an adapter needs no_such_module_of_clue.lora, which is not installed; "):
        engines.check_adapters(Serving)


def test_auto_never_chooses_an_engine_for_tests():
    assert not {"scripted", "replay"} & set(engines.AUTO_ORDER)


def test_an_unknown_argument_lists_the_known():
    with pytest.raises(
        OptionError, match=r"^--engine-arg dtpye=x: unknown to backend exotic; known: batch_size, dtype$"
    ):
        engines.check_args(Exotic, {"dtpye": "x"})


@pytest.mark.parametrize("size", [0, -1, 2.5, "many", True, False, ""])
def test_a_number_of_gpus_that_is_no_count(size):
    with pytest.raises(OptionError, match=r"^--engine-arg tensor_parallel_size=.*must be a whole number of at least 1"):
        engines.check_args(engines.BACKENDS["vllm"], {"tensor_parallel_size": size})


@pytest.mark.parametrize("size", [0, -1, 2.5, "many", True, False, ""])
def test_a_batch_size_that_is_no_count(size):
    with pytest.raises(OptionError, match="it must be a whole number of at least 1"):
        engines.check_args(Exotic, {"batch_size": size})


@pytest.mark.parametrize("args", [{}, {"batch_size": 1}, {"batch_size": 64, "dtype": "float32"}])
def test_arguments_that_are_fine(args):
    engines.check_args(Exotic, args)
