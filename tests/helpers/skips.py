"""Skips tests of what isn't installed."""

import importlib.util

import pytest


def needs(module: str, what: str) -> pytest.MarkDecorator:
    """A mark that skips where the module can't be found; `what` brings it."""
    return pytest.mark.skipif(importlib.util.find_spec(module) is None, reason=f"needs {what}")
