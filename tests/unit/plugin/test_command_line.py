"""The options: each explained, and what pytest says of one that there is already is told from other errors."""

from argparse import ArgumentError
from dataclasses import fields

import pytest

from clue_lib.plugin.command_line import OPTIONS, taken_option
from clue_lib.session import Options


def test_every_option_is_explained_and_read():
    assert all(keywords["help"] for keywords in OPTIONS.values())
    of_the_run = {name.replace("-", "_") for name in OPTIONS if name not in ("snapshot-dir", "log")}
    assert of_the_run == {field.name for field in fields(Options)}


@pytest.mark.parametrize(
    "error",
    [  # as pytest 8.3, pytest 9.2 and argparse say it
        ValueError("option names {'--seed'} already added"),
        ValueError("option dest 'seed' already used by ['--seed'] (this is the option that maps to dest 'seed')"),
        ArgumentError(None, "conflicting option string: --seed"),
    ],
)
def test_an_option_that_is_taken_is_named(error):
    assert taken_option(error) == "--seed"


def test_another_error_names_none():
    assert taken_option(ValueError("invalid literal for int(): --seed")) is None
