"""Whatever bytes a file holds, each reader gives a value or raises one line of ours: 50 examples each, nightly 100,000.

python -m pytest tests/unit/test_fuzz.py --hypothesis-profile=nightly
"""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import answers, datasets, models, sealed, snapshots
from clue_lib.datasets import recorded
from clue_lib.engines import answers_file, read_generations, read_template
from clue_lib.engines.template_files import stated_ends, variables
from clue_lib.errors import ClueError
from clue_lib.judging import load_thresholds
from clue_lib.models import Recording, thoughts
from clue_lib.models.adapters import check_servable
from clue_lib.models.checking import check_files, read_model_config, stored_dtype
from clue_lib.models.safetensors_files import check_whole, most_common_dtype, tensor_names
from clue_lib.report import gate_json
from clue_lib.tasks import TASKS
from clue_lib.terminology import lexicon
from clue_lib.types import Fingerprint, Generation

ROOT = Path(__file__).parents[2]

HEAD = b'{"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"__metadata__":{"format":"pt"}}'
WEIGHTS = len(HEAD).to_bytes(8, "little") + HEAD + b"\0\0"


def book() -> bytes:
    """A workbook of two rows below a header, as openpyxl writes it."""
    made = openpyxl.Workbook()
    for row in (("a", "b"), ("x", 1), ("y", None)):
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


ABOUT = Recording(engine=Fingerprint(name="e"))
PARTITION = answers_file.partition_name(ABOUT)


def stored_answers(path: Path) -> None:
    read_generations(path.parent, ABOUT)


def stored() -> bytes:
    """A chunk of one answer, as the store keeps it."""
    generation = Generation(text="x", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
    return b"".join(answers_file.chunk_lines([("k", generation)], tier="bundled", partition=PARTITION))


SEEDS = {
    "rows.csv": b'a,b\n1,"two, and"\n\n3,4\n',
    "rows.tsv": b"a\tb\n1\t2\n",
    "rows.jsonl": b'{"a": "x", "b": 1}\n{"a": "y", "b": null}\n',
    "rows.json": b'{"a": {"0": "x"}, "b": {"0": "y"}}',
    "rows.xlsx": book(),
    "gate.json": (ROOT / "docs" / "example" / "gate.json").read_bytes(),
    "thresholds.toml": (ROOT / "thresholds.toml").read_bytes(),
    "models.toml": b'["mine"]\nrepository = "owner/name@main"\nbase = "other"\n',
    "adapter_config.json": b'{"peft_type": "LORA", "r": 4, "bias": "none", "base_model_name_or_path": "b"}',
    "tokenizer_config.json": b'{"chat_template": "{% for m in messages %}{{ m }}{% endfor %}", "eos_token": "e"}',
    "tokenizer.json": b'{"added_tokens": [{"content": "<think>"}], "model": {"type": "BPE"}}',
    "config.json": b'{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "eos_token_id": [1, 2]}',
    "chat_template.jinja": b"{% if enable_thinking %}{{ messages[0]['content'] | trim }}{% endif %}",
    "model.safetensors": WEIGHTS,
    "snapshot.json": next((ROOT / "tests" / "snapshots").glob("*/medisumcode.*.json")).read_bytes(),
    "generations.jsonl": stored(),
    "about.json": b'{"model": "m", "identity": {}, "engine": {"name": "e"}}',
    "digests.json": sealed.seal({"a.csv": "ba78"}, format="clue-gate digests 1"),
    "sealed.json": sealed.seal({"a": 0.5}, format="f 1"),
    "lexicon.tsv": b"term\tids\ngout\tM:1|M:2\r\nM\xc3\xa9ni\xc3\xa8re\tM:3\n",
    "lexicon.tsv.gz": gzip.compress(b"term\tids\ngout\tM:1\n", mtime=0),
}
"""A whole file of each kind, so that a change of some bytes reaches deep."""

BESIDE = {
    "adapter_config.json": {"adapter_model.safetensors": WEIGHTS},
    "config.json": {"model.safetensors": WEIGHTS, "tokenizer.json": SEEDS["tokenizer.json"]},
}
"""What else lies in the folder of such a file."""

TRAPS = (b"\0", b"\xff", b"null", b"1e999", b"[[[[", b"-1", b"{", b'"', b"\n")


def changed(seed: bytes) -> st.SearchStrategy[bytes]:
    """The seed with some parts replaced, doubled or cut off; or anything at all."""
    places = st.integers(0, len(seed))
    inserted = st.binary(max_size=12) | st.sampled_from(TRAPS)
    edit = st.tuples(places, st.integers(0, 20), inserted)

    def apply(edits: list[tuple[int, int, bytes]]) -> bytes:
        made = seed
        for place, n_cut, new in edits:
            made = made[:place] + new + made[place + n_cut :]
        return made

    return st.lists(edit, min_size=1, max_size=4).map(apply) | st.binary(max_size=200)


def rows(path: Path) -> None:
    list(datasets.rows(path, ("a",), ("b",)))


def nested(path: Path) -> None:
    list(datasets.objects(path))


def template(path: Path) -> None:
    files = read_template(path.parent)
    files.pairs()
    _ = files.variables
    stated_ends(path.parent)


def adapter(path: Path) -> None:
    check_servable(path.parent, path.parent)


def weights(path: Path) -> None:
    check_whole(path)
    tensor_names(path)
    most_common_dtype(path)


def folder(path: Path) -> None:
    read_model_config(path.parent)
    stored_dtype(path.parent)
    check_files(path.parent)


def cached(path: Path) -> None:
    with sealed.telling(lambda line: None):
        sealed.known(path, dict[str, float], format="f 1")
    sealed.problem(path)


READERS: list[tuple[str, Callable[[Path], object]]] = [
    *((f"rows.{suffix}", rows) for suffix in ("csv", "tsv", "jsonl", "json", "xlsx")),
    *((f"rows.{suffix}", nested) for suffix in ("jsonl", "json")),
    ("rows.json", datasets.document),
    ("gate.json", gate_json.read),
    ("thresholds.toml", load_thresholds),
    ("models.toml", models.registry),
    ("adapter_config.json", adapter),
    ("tokenizer_config.json", template),
    ("tokenizer.json", template),
    ("chat_template.jinja", template),
    ("config.json", folder),
    ("model.safetensors", weights),
    ("snapshot.json", snapshots.read),
    ("generations.jsonl", stored_answers),
    ("digests.json", lambda path: recorded.digests(path.parent)),
    ("sealed.json", cached),
    ("lexicon.tsv", lexicon.read),
    ("lexicon.tsv.gz", lexicon.read),
    ("about.json", lambda path: models.read_recording(path.parent)),
]


each_reader = pytest.mark.parametrize(
    ("name", "read"), READERS, ids=[f"{name}-{read.__name__}" for name, read in READERS]
)


def folder_of(name: str, scratch: Path) -> Path:
    """A folder for such a file, with what belongs beside it."""
    place = scratch / f"folder of {name}"
    place.mkdir(exist_ok=True)
    for other, content in BESIDE.get(name, {}).items():
        (place / other).write_bytes(content)
    return place


@each_reader
def test_an_unchanged_file_is_read(tmp_path, name, read):
    """A seed that is refused as it stands would test its reader's first check alone."""
    path = folder_of(name, tmp_path) / name
    path.write_bytes(SEEDS[name])
    found = read(path)
    assert found or found is None  # a file of answers in which nothing is whole is read as an empty one


@each_reader
def test_a_reader_of_files(scratch, name, read):
    place = folder_of(name, scratch)

    @given(changed(SEEDS[name]))
    def check(content: bytes) -> None:
        (place / name).write_bytes(content)
        try:
            read(place / name)
        except ClueError as error:
            told = str(error)
        else:
            return
        assert told
        assert "\n" not in told

    check()


WORDS = st.sampled_from(
    ("answer", "is", "(A)", "B.", "not", "I10", "E11.9", "<think>", "</think>", "neutral", "entailment", "**", "\n")
)
TEXTS = st.text(max_size=200) | st.lists(WORDS | st.text(max_size=8), max_size=20).map(" ".join)


@pytest.mark.parametrize(
    "read",
    [
        answers.free_text,
        answers.icd_codes,
        answers.plain_text,
        thoughts.split,
        thoughts.opening_in,
        lambda text: sorted(variables(text)),
    ],
    ids=["free text", "codes", "plain text", "thoughts", "opening", "template"],
)
def test_a_reader_of_a_models_text(read):
    @given(TEXTS)
    def check(text: str) -> None:
        read(text)

    check()


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not task.is_monitored])
def test_a_tasks_reader_of_answers(name):
    task = TASKS[name]
    example = task.examples(datasets.find(name, None).path, seed=0, n_repeats=1)[0]

    @given(TEXTS, st.booleans())
    def check(text: str, is_cut: bool) -> None:
        task.parse(text, example, is_cut=is_cut)

    check()


def test_a_template_of_50_000_open_braces_is_read(tmp_path):
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{" * 50_000}))
    template(tmp_path / "tokenizer_config.json")
