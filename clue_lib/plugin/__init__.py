"""All that knows pytest: the gate's options, which tests run, the fixtures, one session's run, its snapshots.

`pytest -p clue_lib.plugin` loads this, and so does `pytest_plugins = ["clue_lib.plugin"]` in a conftest.py. Every such
session pays for what is imported here, with a model or without. What is heavy is therefore imported by `startup` when a
model is named, or inside the function that needs it.

PYTEST_DONT_REWRITE: no assertion here is a test's, and pytest warns of a plugin that it could not rewrite because it
was imported before.
"""

from clue_lib.plugin.collection import pytest_generate_tests, pytest_itemcollected, pytest_make_collect_report
from clue_lib.plugin.command_line import pytest_addoption, pytest_load_initial_conftests
from clue_lib.plugin.fixtures import baseline, candidate, gate_run, outputs, recorded, verdict
from clue_lib.plugin.startup import pytest_configure

__all__ = [
    "baseline",
    "candidate",
    "gate_run",
    "outputs",
    "pytest_addoption",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_itemcollected",
    "pytest_load_initial_conftests",
    "pytest_make_collect_report",
    "recorded",
    "verdict",
]
