"""A home that is none is a line before anything is spent."""

import pytest

from clue_lib.errors import OptionError
from clue_lib.session import home


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    (tmp_path / "file").touch()
    return tmp_path


def test_folders_are_made(folders):
    home.check()
    assert (folders / "XDG_CACHE_HOME" / "clue-gate").is_dir()
    assert (folders / "XDG_DATA_HOME" / "clue-gate").is_dir()


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "XDG_DATA_HOME"])
def test_a_file_in_the_way_is_named_with_what_to_set(folders, monkeypatch, variable):
    monkeypatch.setenv(variable, str(folders / "file" / "home"))
    with pytest.raises(OptionError) as caught:
        home.check()
    message = str(caught.value)
    assert message.startswith(f"{folders / 'file' / 'home' / 'clue-gate'}: Not a directory; set {variable}, or HOME, ")
    assert "\n" not in message
