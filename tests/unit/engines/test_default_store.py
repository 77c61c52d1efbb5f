"""Where answers are stored where `--store` names no folder."""

from pathlib import Path

from clue_lib.engines import store_folder


def test_the_folder_that_is_named_else_one_of_the_users_cache(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")  # by the XDG base directory specification
    assert store_folder("here") == store_folder(Path("here")) == Path("here")
    assert store_folder(None) == store_folder("") == Path("/cache/clue-gate/store")
