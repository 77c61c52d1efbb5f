"""Folders that can't be loaded as a model, told from names and heads of files; the heads are written by hand."""

import json

import pytest

from clue_lib.errors import ModelError
from clue_lib.models.checking import check_files, stored_dtype


def safetensors(*, dtype="BF16", n_bytes=8, kept=None):
    """One tensor of so many bytes, of which `kept` are there: eight bytes of length, the head in JSON, the data."""
    shape = [n_bytes // {"BF16": 2, "F32": 4}[dtype]]
    head = {"__metadata__": {"format": "pt"}, "w": {"dtype": dtype, "shape": shape, "data_offsets": [0, n_bytes]}}
    text = json.dumps(head).encode()
    return len(text).to_bytes(8, "little") + text + b"\0" * (n_bytes if kept is None else kept)


@pytest.fixture
def folder(tmp_path):
    """A model's folder, whole."""
    made = tmp_path / "model"
    made.mkdir()
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "bfloat16"}
    (made / "config.json").write_text(json.dumps(config))
    (made / "tokenizer.json").write_text("{}")
    (made / "model.safetensors").write_bytes(safetensors())
    return made


def index(folder, *files):
    """Write an index that names these files, one tensor in each."""
    text = json.dumps({"metadata": {}, "weight_map": {f"w{n}": file for n, file in enumerate(files)}})
    (folder / "model.safetensors.index.json").write_text(text)


def refused(folder, **allowed):
    with pytest.raises(ModelError) as caught:
        check_files(folder, **allowed)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_whole_folder_is_well(folder):
    check_files(folder)


@pytest.mark.parametrize("name", ["tokenizer.model", "qwen.tiktoken", "tekken.json", "vocab.txt"])
def test_any_vocabulary_is_a_tokenizer(folder, name):
    (folder / "tokenizer.json").rename(folder / name)
    check_files(folder)


def test_no_tokenizer(folder):
    (folder / "tokenizer.json").rename(folder / "tokenizer_config.json")
    assert f"{folder} has no tokenizer (no tokenizer.json or tokenizer.model)" in refused(folder)


def test_no_weights(folder):
    (folder / "model.safetensors").unlink()
    assert f"{folder} has no weights (*.safetensors)" in refused(folder)


def test_pickles_are_read_only_where_they_are_trusted(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "has its weights as pickles, which can run code; " in refused(folder)
    check_files(folder, allow_pickle=True)


def test_an_adapter_is_no_model(folder):
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text("{}")
    assert "is an adapter, not a model" in refused(folder)


def test_shards_that_the_index_names_and_that_are_not_there(folder):
    (folder / "model.safetensors").rename(folder / "model-00001-of-00003.safetensors")
    index(folder, *(f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3)))
    told = refused(folder)
    assert "2 of the 3 files of weights that model.safetensors.index.json names are not there" in told
    assert "(model-00002-of-00003.safetensors)" in told


def test_shards_without_their_index(folder):
    (folder / "model.safetensors").rename(folder / "model-00001-of-00003.safetensors")
    assert "has parts of its weights, but no model.safetensors.index.json" in refused(folder)


def test_weights_that_are_cut_short(folder):
    data = safetensors(n_bytes=1000, kept=999)
    (folder / "model.safetensors").write_bytes(data)
    assert f"is cut short: {len(data):,} of {len(data) + 1:,} bytes" in refused(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a tensor",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",  # what git leaves without its LFS
        b"\xff" * 16,
        safetensors()[:40],
    ],
)
def test_weights_that_are_no_safetensors(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    assert "is no safetensors file" in refused(folder)


@pytest.mark.parametrize(
    ("dtype", "shape", "offsets"),
    [
        ("BF16", [4], [8, 0]),
        ("BF16", [4], [0, 6]),
        ("BF16", [4], [0, 10]),
        ("BF16", [2, 2, 2], [0, 8]),
        ("F4", [4], [0, 4]),
        ("OF_LATER", [4], [8, 0]),
    ],
)
def test_tensors_whose_place_does_not_fit_their_shape(folder, dtype, shape, offsets):
    """Of 4 elements of BF16, at 2 bytes each, 8 bytes by hand; safetensors itself refuses such a file."""
    head = json.dumps({"w": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"\0" * 16)
    assert "model.safetensors: the place of tensor w does not fit its shape; fetch or save it anew" in refused(folder)


@pytest.mark.parametrize(
    ("dtype", "shape", "n_bytes"),
    [("BF16", [], 2), ("BF16", [2, 0], 0), ("F4", [4], 2), ("C64", [2], 16), ("F8_E4M3", [3], 3), ("OF_LATER", [9], 1)],
)
def test_tensors_whose_place_fits(folder, dtype, shape, n_bytes):
    """By hand: a scalar is one element, F4 has 4 bits, C64 two numbers of 32."""
    head = json.dumps({"w": {"dtype": dtype, "shape": shape, "data_offsets": [0, n_bytes]}}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"\0" * n_bytes)
    check_files(folder)


def test_a_tokenizer_that_is_a_link_to_nothing(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").symlink_to("blobs/1")
    assert "tokenizer.json is a link that leads to no file; put the file itself there" in refused(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"architectures": 3}'])
def test_a_configuration_that_can_not_be_read(folder, text):
    (folder / "config.json").write_text(text)
    assert "config.json can't be read" in refused(folder)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"dtype": "float16"}, "float16"),
        ({"torch_dtype": "torch.float32"}, "float32"),
        ({"text_config": {"dtype": "bfloat16"}}, "bfloat16"),
        ({}, "float32"),  # as the tensors are
    ],
)
def test_the_number_format_of_the_weights(folder, config, expected):
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(safetensors(dtype="F32"))
    assert stored_dtype(folder) == expected


def test_a_folder_that_is_no_model_has_no_number_format(tmp_path):
    assert stored_dtype(tmp_path) is None
