"""Naming models: every form that is understood, every mistake in one line, and what makes two models different."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from skips import needs

from clue_lib import models
from clue_lib.errors import ModelError

COMMIT = "0123456789abcdef0123456789abcdef01234567"
EMPTY = (2).to_bytes(8, "little") + b"{}"  # the smallest safetensors file: its header's length, then the header
needs_hub = needs("huggingface_hub", "the transformers extra")


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path.parent


def model_folder(folder):
    write(folder / "config.json", {"model_type": "llama"})
    write(folder / "model.safetensors", b"weights")
    write(folder / "tokenizer.json", {})
    write(folder / "tokenizer_config.json", {})
    return write(folder / "chat_template.jinja", b"template")


def adapter_folder(folder, base):
    write(folder / "adapter_model.safetensors", EMPTY)
    return write(folder / "adapter_config.json", {"base_model_name_or_path": base, "r": 4})


def recording_folder(folder, about):
    write(folder / "generations.jsonl", b"")
    return write(folder / "about.json", about)


def mistake(given, **options):
    with pytest.raises(ModelError) as caught:
        models.parse_spec(str(given), **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_an_alias_is_its_repository():
    spec = models.parse_spec("OpenBioLLM-8B")
    assert (spec.kind, spec.name, spec.location) == ("repository", "OpenBioLLM-8B", "aaditya/Llama3-OpenBioLLM-8B")
    assert (spec.revision, spec.base) == (None, "Llama-3-8B-Instruct")


@pytest.mark.parametrize(
    ("given", "location", "revision"),
    [
        ("owner/name", "owner/name", None),
        ("owner/name@main", "owner/name", "main"),
        ("owner/name@refs/pr/1", "owner/name", "refs/pr/1"),
        (f"m42-health/Llama3-Med42-8B@{COMMIT}", "m42-health/Llama3-Med42-8B", COMMIT),
    ],
)
def test_a_repository_with_or_without_revision(given, location, revision):
    spec = models.parse_spec(given)
    assert (spec.kind, spec.name, spec.location, spec.revision) == ("repository", given, location, revision)


def test_a_folder_is_named_by_its_last_part(tmp_path, monkeypatch):
    folder = model_folder(tmp_path / "tuned")
    monkeypatch.chdir(folder)
    for given in (str(folder), ".", f"{folder}/"):
        spec = models.parse_spec(given)
        assert (spec.kind, spec.name) == ("folder", "tuned")
        assert Path(spec.location).samefile(folder)


def test_a_script_makes_a_folder_a_model(tmp_path):
    write(tmp_path / "script.toml", b"")
    assert models.parse_spec(str(tmp_path)).kind == "folder"


def test_an_alias_gives_way_to_a_folder_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(model_folder(tmp_path / "Med42-8B").parent)
    assert models.parse_spec("Med42-8B").kind == "folder"


@pytest.mark.parametrize(
    ("named", "base"),
    [
        ("HuggingFaceTB/SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct"),
        ("meta-llama/Meta-Llama-3-8B-Instruct", "Llama-3-8B-Instruct"),
        ("SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct"),
        ("owner/other", "owner/other"),
    ],
)
def test_an_adapters_base_is_called_by_its_alias_where_it_has_one(tmp_path, named, base):
    spec = models.parse_spec(str(adapter_folder(tmp_path / "lora", named)))
    assert (spec.kind, spec.name, spec.base) == ("adapter", "lora", base)


def test_an_adapter_beside_a_config_is_still_an_adapter(tmp_path):
    write(tmp_path / "config.json", {})
    assert models.parse_spec(str(adapter_folder(tmp_path, "owner/base"))).kind == "adapter"


@pytest.mark.parametrize(("about", "name"), [({"model": "Med42-8B"}, "Med42-8B"), ({}, "recorded")])
def test_a_recording_is_named_by_the_model_it_recorded(tmp_path, about, name):
    folder = recording_folder(tmp_path / "recorded", {"engine": {"name": "vllm"}, **about})
    spec = models.parse_spec(f"replay:{folder}")
    assert (spec.kind, spec.name, spec.location) == ("replay", name, str(folder))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("OpenBioLM-8B", "did you mean OpenBioLLM-8B?"),
        ("qqqq", "no such alias, folder or repository id; `python -m clue_lib models` lists the aliases"),
        ("./nowhere", "no such folder; check the path"),
        ("/no/where", "no such folder; check the path"),
        ("one/two/three", "no such folder; check the path"),
        ("owner/name@", "no such alias"),
        ("owner/na me", "no such alias"),
        ("x" * 5000, "no such alias"),
        ("", "name a model's folder"),
        ("replay:", "no about.json in that folder"),
        ("replay:/no/where", "no about.json in that folder"),
    ],
)
def test_a_name_that_means_nothing(given, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = mistake(given, option="--baseline")
    assert message.startswith(f"--baseline={given}: ")
    assert hint in message


def test_a_folder_without_a_model(tmp_path):
    assert "the folder has no config.json or adapter_config.json" in mistake(tmp_path)


def test_a_recording_without_generations(tmp_path):
    folder = write(tmp_path / "about.json", {"engine": {}})
    assert "no generations.jsonl in that folder" in mistake(f"replay:{folder}")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b'{"base_model_name_or_path": 5}', b"\xff{}", b'{"base_model_name_or_path": "\xff"}'],
)
def test_a_broken_adapter_config(tmp_path, content):
    write(tmp_path / "adapter_config.json", content)
    assert mistake(tmp_path).startswith(f"{tmp_path / 'adapter_config.json'} can't be read")


@pytest.mark.parametrize("content", [b"{}", b'{"base_model_name_or_path": null}', b'{"base_model_name_or_path": ""}'])
def test_an_adapter_that_names_no_base(tmp_path, content):
    write(tmp_path / "adapter_config.json", content)
    assert "names no base_model_name_or_path; add it" in mistake(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"engine": 3}',
        b'{"engine": {"name": 3}}',
        b'{"engine": {}, "model": 3}',
        b'{"engine": {}, "model": "\xff"}',
    ],
)
def test_a_broken_recording(tmp_path, content):
    folder = recording_folder(tmp_path, content)
    assert mistake(f"replay:{folder}").startswith(f"{folder / 'about.json'} can't be read")


def test_the_baseline_comes_from_the_registry_or_the_adapter(tmp_path):
    assert models.infer_baseline(models.parse_spec("Meditron3-70B")) == "Llama-3.1-70B-Instruct"
    adapter = adapter_folder(tmp_path, "HuggingFaceTB/SmolLM2-135M-Instruct")
    assert models.infer_baseline(models.parse_spec(str(adapter))) == "SmolLM2-135M-Instruct"


@pytest.mark.parametrize("given", ["Llama-3-8B-Instruct", "owner/name"])
def test_a_baseline_that_is_not_known_must_be_named(given):
    with pytest.raises(ModelError, match=rf"^--model={given}: its base is not known; name it with --baseline=NAME$"):
        models.infer_baseline(models.parse_spec(given))


def test_the_registry_holds_the_published_tables_list(root):
    path = root.parent / "shared" / "reference" / "models.csv"
    if not path.is_file():
        pytest.skip(f"needs {path}, which is not part of the checkout")
    with path.open(encoding="utf-8", newline="") as file:
        listed = {
            row["alias"]: (row["repository"], row["base_alias"] or None, row["kind"]) for row in csv.DictReader(file)
        }
    registry = models.registry()
    known = {alias: (entry.repository, entry.base, entry.kind) for alias, entry in registry.items() if alias in listed}
    assert known == listed


def test_every_base_in_the_registry_is_an_alias_and_no_repository_stands_twice():
    entries = models.registry()
    assert {entry.base for entry in entries.values() if entry.base} <= set(entries)
    assert len({entry.repository for entry in entries.values()}) == len(entries)


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("model.safetensors", "weights"),
        ("model-00002-of-00002.safetensors", "weights"),
        ("pytorch_model.bin", "weights"),
        ("config.json", "weights"),
        ("generation_config.json", "weights"),
        ("tokenizer.json", "tokenizer"),
        ("tokenizer_config.json", "tokenizer"),
        ("tokenizer.model", "tokenizer"),
        ("vocab.json", "tokenizer"),
        ("merges.txt", "tokenizer"),
        ("special_tokens_map.json", "tokenizer"),
        ("chat_template.jinja", "template"),
    ],
)
def test_a_changed_file_changes_its_part_of_the_identity(tmp_path, file, part):
    folder = model_folder(tmp_path / "tuned")
    before = models.resolve(models.parse_spec(str(folder))).identity.known
    write(folder / file, b"changed")
    after = models.resolve(models.parse_spec(str(folder))).identity.known
    assert {name for name in before if before[name] != after[name]} == {part}


def test_an_unrelated_file_and_the_folders_name_change_nothing(tmp_path):
    one, other = model_folder(tmp_path / "one"), model_folder(tmp_path / "other")
    write(other / "README.md", b"read me")
    write(other / "training_args.bin", b"args")
    first, second = (models.resolve(models.parse_spec(str(folder))) for folder in (one, other))
    assert first.identity == second.identity
    assert (first.name, second.name) == ("one", "other")


def test_an_adapter_has_its_bases_weights_and_a_digest_more(tmp_path):
    base = model_folder(tmp_path / "base")
    tuned = adapter_folder(tmp_path / "lora", str(base))
    before = models.resolve(models.parse_spec(str(base)))
    found = models.resolve(models.parse_spec(str(tuned)))
    assert (found.weights, found.adapter, found.name) == (base, tuned, "lora")
    held = found.identity.known
    assert {name: held[name] for name in before.identity.known} == before.identity.known
    write(tuned / "adapter_model.safetensors", EMPTY + b"trained on")
    again = models.resolve(models.parse_spec(str(tuned)))
    assert {name for name in held if held[name] != again.identity.known[name]} == {"adapter"}


def test_an_adapters_base_that_means_nothing_is_the_adapters_mistake(tmp_path):
    tuned = adapter_folder(tmp_path, "/no/where")
    with pytest.raises(ModelError, match=r"^base_model_name_or_path=/no/where: no such folder; check the path$"):
        models.resolve(models.parse_spec(str(tuned)))


def test_a_recording_is_identified_by_its_generations(tmp_path):
    folder = recording_folder(tmp_path, {"engine": {}, "model": "m"})
    before = models.resolve(models.parse_spec(f"replay:{folder}"))
    write(folder / "generations.jsonl", b"{}\n")
    after = models.resolve(models.parse_spec(f"replay:{folder}"))
    assert before.weights == folder
    assert before.identity.known.keys() == {"replay"}
    assert before.identity != after.identity


@pytest.fixture
def offline(root, tmp_path):
    """Resolves a name in a process of its own, whose hub is the cache in `tmp_path` and nothing else."""

    def resolve(given):
        code = (
            "import json, sys\n"
            "from clue_lib import errors, models\n"
            "try:\n"
            "    found = models.resolve(models.parse_spec(sys.argv[1]))\n"
            "    print(json.dumps({'weights': str(found.weights), 'identity': found.identity.known}))\n"
            "except errors.ModelError as error:\n"
            "    print(json.dumps({'error': str(error)}))\n"
        )
        hub = {"HF_HOME": str(tmp_path / "hub-home"), "HF_HUB_OFFLINE": "1"}
        without = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGINGFACE_"))}
        done = subprocess.run(
            [sys.executable, "-c", code, given], cwd=root, env=without | hub, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return resolve


@needs_hub
def test_a_repository_is_identified_by_the_commit_it_resolves_to(offline, tmp_path):
    cached = tmp_path / "hub-home" / "hub" / "models--owner--name"
    snapshot = model_folder(cached / "snapshots" / COMMIT)
    write(cached / "refs" / "main", COMMIT.encode())
    found = offline("owner/name")
    assert Path(found["weights"]) == snapshot
    assert found["identity"]["weights"] == f"owner/name@{COMMIT}"
    assert found["identity"]["template"] == models.resolve(models.parse_spec(str(snapshot))).identity.template
    assert offline(f"owner/name@{COMMIT}") == found


@needs_hub
@pytest.mark.parametrize(
    ("given", "repository"),
    [
        ("owner/name", "owner/name"),
        ("Med42-8B", "m42-health/Llama3-Med42-8B"),
        ("owner/name@v2", "owner/name"),
        ("owner/na--me", "owner/na--me"),
        ("owner/name-", "owner/name-"),
    ],
)
def test_what_the_hub_does_not_give_is_one_line(offline, given, repository):
    message = offline(given)["error"]
    assert "\n" not in message
    assert message.startswith(f"{repository}: could not be fetched (")
    assert message.endswith("check name and network, or name a folder")
