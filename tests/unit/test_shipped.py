"""What travels with the package: found in a checkout, and in what a wheel holds, which pyproject.toml says."""

import tomllib

import pytest

from clue_lib import shipped
from clue_lib.plugin.collection import FOLDERS


def test_a_checkout_has_it_around_the_package(root):
    assert shipped.path("thresholds.toml") == root / "thresholds.toml"
    assert shipped.path("tests/level1").is_dir()
    assert shipped.path("fixtures/data/mednli").is_dir()


def test_an_installed_package_has_it_inside(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "COPIES", tmp_path)
    assert shipped.path("fixtures/data") == tmp_path / "fixtures" / "data"


@pytest.fixture(scope="module")
def copied(root):
    """Source and target of what a wheel copies."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]


def test_a_wheel_copies_all_that_is_looked_for(root, copied):
    assert set(copied) == {"fixtures/data", "thresholds.toml", *(f"tests/{folder}" for folder in FOLDERS)}
    assert all((root / source).exists() for source in copied)


def test_copies_lie_where_they_are_looked_for(copied):
    inside = shipped.COPIES.relative_to(shipped.PACKAGE.parent).as_posix()
    assert all(target == f"{inside}/{source}" for source, target in copied.items())
