"""Aliases of one's own: added to the package's, and every mistake in one line that names file and table."""

import pytest

from clue_lib import models
from clue_lib.errors import ModelError
from clue_lib.models import hub


@pytest.fixture
def models_file(tmp_path):
    """Writes a file of aliases."""

    def write(text):
        path = tmp_path / "models.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


OWN = """
["Letters-8B"]
repository = "acme/letters-8b@v2"
base = "Llama-3-8B-Instruct"

["Med42-8B"]
repository = "acme/med42-mirror"
"""


def test_own_aliases_are_added_and_replace_those_of_the_same_name(models_file):
    shipped, aliases = models.registry(), models.registry(models_file(OWN))
    assert aliases.keys() - shipped.keys() == {"Letters-8B"}
    assert [alias for alias in shipped if aliases[alias] != shipped[alias]] == ["Med42-8B"]
    spec = models.parse_spec("Letters-8B", aliases=aliases)
    assert (spec.kind, spec.location, spec.revision) == ("repository", "acme/letters-8b", "v2")
    assert models.infer_baseline(spec) == "Llama-3-8B-Instruct"
    assert models.parse_spec("Med42-8B", aliases=aliases).location == "acme/med42-mirror"


def test_the_packages_own_registry_stays_what_it_is(models_file):
    models.registry(models_file(OWN))
    assert "Letters-8B" not in models.registry()
    with pytest.raises(ModelError, match="no such alias"):
        models.parse_spec("Letters-8B")


def test_a_name_that_is_nearly_an_own_alias_is_told(models_file):
    with pytest.raises(ModelError, match=r"did you mean Letters-8B\?"):
        models.parse_spec("Leters-8B", aliases=models.registry(models_file(OWN)))


def test_an_adapters_base_is_called_by_its_own_alias(models_file, tmp_path):
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "acme/med42-mirror"}')
    aliases = models.registry(models_file(OWN))
    assert models.parse_spec(str(tmp_path), aliases=aliases).base == "Med42-8B"


def test_an_adapters_base_may_be_an_own_alias_alone(models_file, tmp_path, monkeypatch):
    hub_folder = tmp_path / "0123abcd"
    monkeypatch.setattr(hub, "fetch", lambda repository, revision, on_note, **options: hub_folder)
    adapter = tmp_path / "lora"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"base_model_name_or_path": "Unheard-Of"}')
    (adapter / "adapter_model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    spec = models.parse_spec(str(adapter))
    with pytest.raises(ModelError, match=r"^base_model_name_or_path=Unheard-Of: no such alias"):
        models.resolve(spec)
    own = models_file('["Unheard-Of"]\nrepository = "acme/base"\nwheel = "no-such-wheel-of-clue"\n')
    model = models.resolve(spec, aliases=models.registry(own))
    assert (model.weights, model.adapter) == (hub_folder, adapter)
    assert model.identity.weights == "acme/base@0123abcd"


KEYS = "the keys are repository, base, kind, wheel"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('["M"]\nrepo = "a/b"', f' ["M"]: Object contains unknown field `repo`; {KEYS}'),
        ('["M"]\nbase = "a/b"', f' ["M"]: Object missing required field `repository`; {KEYS}'),
        ('["M"]\nrepository = 3', f' ["M"]: Expected `str`, got `int` - at `$.repository`; {KEYS}'),
        (
            '["M"]\nrepository = "a/b"\nkind = "legal"',
            f" [\"M\"]: Invalid enum value 'legal' - at `$.kind`; {KEYS}",
        ),
        (
            '["M"]\nrepository = "letters"',
            ' ["M"]: repository = "letters"; write it as owner/name or owner/name@revision',
        ),
        ('["replay:x"]\nrepository = "a/b"', ' ["replay:x"]: no model can be called so; choose another alias'),
        ('[" "]\nrepository = "a/b"', ' [" "]: no model can be called so; choose another alias'),
        (
            'repository = "a/b"',
            ": repository = 'a/b' stands outside a table; begin with an alias, as in [\"my-model\"]",
        ),
    ],
)
def test_a_mistaken_table_is_one_line(models_file, text, problem):
    path = models_file(text)
    with pytest.raises(ModelError) as caught:
        models.registry(path)
    assert str(caught.value) == f"{path}{problem}"


@pytest.mark.parametrize("content", [b"[", b"\xff", b'["M"]\n["M"]'])
def test_what_is_no_toml_is_one_line(tmp_path, content):
    path = tmp_path / "models.toml"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        models.registry(path)
    assert str(caught.value).startswith(f"--models-file={path}: not a TOML file: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_one_line(tmp_path):
    for path, reason in ((tmp_path / "none.toml", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(ModelError) as caught:
            models.registry(path)
        assert str(caught.value) == f"--models-file={path}: {reason}; name a TOML file of aliases"
