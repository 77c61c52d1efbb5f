"""Models' folders as an accident, or somebody with a purpose, leaves them: whatever is wrong is told in one line."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from skips import needs

from clue_lib import engines, models
from clue_lib.engines.context import beyond_context
from clue_lib.engines.template_files import stated_ends
from clue_lib.errors import ClueError
from clue_lib.models.checking import check_files, stored_dtype
from clue_lib.models.describing import describe
from clue_lib.types import Message, Request, Sampling

WHOLE = {
    "config.json": {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 8},
    "generation_config.json": {"eos_token_id": 1},
    "tokenizer_config.json": {"chat_template": "{{ messages }}"},
    "tokenizer.json": {"added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}},
    "chat_template.json": {"chat_template": "{{ messages }}"},
    "model.safetensors.index.json": {"weight_map": {"w": "model.safetensors"}},
}
"""A model's folder by its files; one tensor of no bytes is added."""

ADAPTER = {"peft_type": "LORA", "base_model_name_or_path": "base", "r": 4}

HEAD = b'{"w":{"dtype":"BF16","shape":[0],"data_offsets":[0,0]}}'

DEEP = b"[" * 100_000 + b"]" * 100_000

CONTENTS = {
    "empty": b"",
    "cut": b'{"architectures": ["Lla',
    "an array": b"[]",
    "a number": b"7",
    "null": b"null",
    "a text": b'"x"',
    "not UTF-8": b'{"chat_template": "\xff\xfe"}',
    "NULs": b"\0" * 64,
    "NaN": b'{"r": NaN, "max_position_embeddings": NaN, "eos_token_id": NaN}',
    "infinite": b'{"r": 1e999, "max_position_embeddings": 1e999, "eos_token_id": 1e999}',
    "huge": b'{"r": ' + b"9" * 5000 + b', "max_position_embeddings": ' + b"9" * 5000 + b"}",
    "negative": b'{"r": -1, "base_model_name_or_path": "base", "max_position_embeddings": -1, "eos_token_id": -1}',
    "deep": DEEP,
    "deep in a field": b'{"x": ' + DEEP + b"}",
    "a surrogate": b'{"chat_template": "\\ud800", "base_model_name_or_path": "\\ud800"}',
    "lists for tables": b'{"weight_map": [], "rank_pattern": [], "text_config": [], "added_tokens_decoder": [1]}',
    "texts for numbers": b'{"r": "4", "eos_token_id": "x", "max_position_embeddings": "many"}',
    "tables for lists": b'{"added_tokens": {"a": 1}, "architectures": {"a": 1}}',
    "odd names": b'{"weight_map": {"a": "\\u0000", "b": "' + b"n" * 5000 + b'"}, "base_model_name_or_path": "\\u0000"}',
    "the folder itself": b'{"base_model_name_or_path": "."}',
}
"""What stands in a file in place of what should."""


def as_folder(path: Path) -> None:
    path.mkdir()


def as_pipe(path: Path) -> None:
    os.mkfifo(path)


def as_loop(path: Path) -> None:
    path.symlink_to(path.name)


def as_dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def as_folder_of_itself(path: Path) -> None:
    path.symlink_to(path.parent, target_is_directory=True)


PLACES = (as_folder, as_pipe, as_loop, as_dangling, as_folder_of_itself)
"""What stands in a file's place."""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole model's folder, `base`, in the working folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "base"
    folder.mkdir()
    for name, content in WHOLE.items():
        (folder / name).write_text(json.dumps(content))
    (folder / "model.safetensors").write_bytes(len(HEAD).to_bytes(8, "little") + HEAD)
    return folder


@pytest.fixture
def adapter(base: Path) -> Path:
    """An adapter of it."""
    folder = base.with_name("adapter")
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps(ADAPTER))
    shutil.copy(base / "model.safetensors", folder / "adapter_model.safetensors")
    return folder


def looked_at(folder: Path) -> None:
    """All that a run and `models check` read of a model's folder before an engine starts."""
    spec = models.parse_spec(str(folder))
    model = models.resolve(spec)
    check_files(model.weights)
    stored_dtype(model.weights)
    stated_ends(model.weights)
    engines.memory_needs(model.weights, {})
    engines.read_template(model.weights).pairs()
    _ = engines.read_template(model.weights).variables
    request = Request(key="k", messages=(Message(role="user", content="a" * 99),), sampling=Sampling(max_new_tokens=1))
    beyond_context(model.weights, [request], {})
    describe(spec)


def assert_refused(look: Callable[[], object]) -> None:
    """One line, and nothing but an error of ours."""
    with pytest.raises(ClueError) as caught:
        look()
    assert_one_line(caught.value)


def assert_no_crash(look: Callable[[], object]) -> None:
    """Well, or one line: anything but an error of ours is a crash."""
    try:
        look()
    except ClueError as error:
        assert_one_line(error)


def assert_one_line(error: ClueError) -> None:
    told = str(error)
    assert told.strip()
    assert "\n" not in told
    assert len(told) < 6000


def test_the_folders_are_whole(base, adapter):
    looked_at(base)
    looked_at(adapter)


NO_TABLES = ("empty", "cut", "an array", "a number", "null", "a text", "NULs", "NaN", "deep")
"""Contents that are no table of JSON, whichever file holds them."""


@pytest.mark.parametrize("content", NO_TABLES)
@pytest.mark.parametrize("name", [*WHOLE, "adapter_config.json"])
def test_a_file_that_holds_no_table_of_json(base, adapter, name, content):
    folder = adapter if name.startswith("adapter") else base
    (folder / name).write_bytes(CONTENTS[content])
    assert_refused(lambda: looked_at(folder))


TEXTS_READ = {
    "config.json": b'{"model_type": "\xff"}',
    "tokenizer_config.json": b'{"chat_template": "\xff"}',
    "tokenizer.json": b'{"added_tokens": [{"content": "\xff"}]}',
    "chat_template.json": b'{"chat_template": "\xff"}',
    "chat_template.jinja": b"\xff",
    "model.safetensors.index.json": b'{"weight_map": {"w": "\xff"}}',
    "adapter_config.json": b'{"base_model_name_or_path": "\xff"}',
}
"""Texts that are read, not in UTF-8. Other texts pass, since nothing reads them: all of generation_config.json."""


@pytest.mark.parametrize("name", TEXTS_READ)
def test_a_text_that_is_not_in_utf_8(base, adapter, name):
    folder = adapter if name.startswith("adapter") else base
    (folder / name).write_bytes(TEXTS_READ[name])
    assert_refused(lambda: looked_at(folder))


@pytest.mark.parametrize("content", sorted(CONTENTS.keys() - {*NO_TABLES, "not UTF-8"}))
@pytest.mark.parametrize("name", [*WHOLE, "adapter_config.json"])
def test_a_table_of_json_may_be_odd_in_fields_that_are_not_read(base, adapter, name, content):
    """Each content damages some fields; a file in which these have no meaning is as well as it was."""
    folder = adapter if name.startswith("adapter") else base
    (folder / name).write_bytes(CONTENTS[content])
    assert_no_crash(lambda: looked_at(folder))


@pytest.mark.parametrize("content", CONTENTS)
def test_any_text_may_be_a_template(base, content):
    """Whether it renders shows where it is rendered."""
    (base / "chat_template.jinja").write_bytes(CONTENTS[content])
    assert_no_crash(lambda: looked_at(base))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "name", [*WHOLE, "chat_template.jinja", "model.safetensors", "adapter_config.json", "adapter_model.safetensors"]
)
def test_whatever_stands_in_a_files_place(base, adapter, name, place):
    folder = adapter if name.startswith("adapter") else base
    (folder / name).unlink(missing_ok=True)
    place(folder / name)
    assert_refused(lambda: looked_at(folder))


def test_an_adapter_whose_configuration_was_lost_is_no_model(base):
    """A folder of both kinds, as training leaves one: without the adapter its base alone would be asked."""
    (base / "adapter_config.json").symlink_to("nowhere")
    with pytest.raises(ClueError, match=r"adapter_config\.json is a link that leads to no file"):
        models.parse_spec(str(base))


HEADS = {
    "shorter than its length": (1000).to_bytes(8, "little") + b"{}",
    "as long as can be": b"\xff" * 8,
    "no length": b"\1\2",
    "no table": (2).to_bytes(8, "little") + b"[]",
    "numbers for tensors": (7).to_bytes(8, "little") + b'{"a":1}',
    "deep": (len(DEEP) + 6).to_bytes(8, "little") + b'{"a":' + DEEP + b"}",
    "not UTF-8": (9).to_bytes(8, "little") + b'{"\xff":{}}',
    "offsets that run backwards": (len(HEAD)).to_bytes(8, "little") + HEAD.replace(b"[0,0]", b"[9,0]"),
    "endless offsets": (len(HEAD) + 19).to_bytes(8, "little") + HEAD.replace(b"[0,0]", b"[0," + b"9" * 20 + b"]"),
    "negative offsets": (len(HEAD) + 1).to_bytes(8, "little") + HEAD.replace(b"[0,0]", b"[-1,0]"),
}


@pytest.mark.parametrize("head", HEADS)
def test_whatever_a_file_of_weights_begins_with(base, adapter, head):
    for folder, name in ((base, "model.safetensors"), (adapter, "adapter_model.safetensors")):
        (folder / name).write_bytes(HEADS[head])
        assert_refused(lambda folder=folder: looked_at(folder))


TEMPLATES = {
    "unfinished": "{% if x %}",
    "deep": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "deep blocks": "{% if x %}" * 2000 + "{% endif %}" * 2000,
    "unknown filter": "{{ x | nonsense }}",
    "a digit of every kind": "{{ 1e999 }} {{ 99999999999999999999 }} {{ 0x }}",
    "NUL": "{{ messages }}\0",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_whatever_a_template_says(base, template):
    """A template is a program, which this reading does not run: all are accepted here, and fail where they render."""
    (base / "chat_template.jinja").write_text(TEMPLATES[template])
    looked_at(base)


@pytest.mark.parametrize("content", CONTENTS)
def test_whatever_a_recordings_about_json_holds(tmp_path, content):
    (tmp_path / "generations.jsonl").write_text("")
    (tmp_path / "about.json").write_bytes(CONTENTS[content])
    """No content of these names an engine, which about.json must."""
    assert_refused(lambda: models.resolve(models.parse_spec(f"replay:{tmp_path}")))


@pytest.mark.parametrize("given", ["\0", "a\0b", "replay:\0", "x" * 5000, "loop", "a/b" * 2000, "\ud800"])
def test_whatever_a_model_is_called(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    with pytest.raises(ClueError):
        models.parse_spec(given)


def test_an_adapter_that_is_its_own_base(adapter):
    (adapter / "adapter_config.json").write_text(json.dumps(ADAPTER | {"base_model_name_or_path": str(adapter)}))
    with pytest.raises(ClueError, match=r"base_model_name_or_path=.* is another adapter; name the base's weights"):
        models.resolve(models.parse_spec(str(adapter)))


@needs("transformers", "the transformers extra")
@pytest.mark.parametrize("content", ["an array", "NULs", "deep", "tables for lists", "NaN"])
@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json", "config.json", "generation_config.json"])
def test_models_check_tells_it_in_one_line(base, name, content, capsys):
    from clue_lib.__main__ import main

    (base / name).write_bytes(CONTENTS[content])
    code = main(["models", "check", "base"])
    assert code in (0, 4)
    told = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in told if line.startswith("error: ")]) == (code == 4)
    assert "Traceback" not in "\n".join(told)
