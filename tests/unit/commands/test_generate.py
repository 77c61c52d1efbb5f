"""`generate`: all shares together are what one machine would have stored, chunk by chunk."""

import json
import threading

import pytest
import scripts

from clue_lib.api import gate
from clue_lib.engines.store import SharedPartition
from clue_lib.models import Recording
from clue_lib.types import Fingerprint, Generation, Identity

TASKS = ("--task=mednli", "--task=meqsum", "--engine-arg=batch_size=8")


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A scripted model, in a working folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "oracle"
    folder.mkdir()
    (folder / "script.toml").write_text(scripts.ideal("meqsum") + "\n" + scripts.ideal("mednli"))
    return folder


@pytest.fixture
def generate(run, model, tmp_path):
    """Fills the store of that name, from the share that the options name."""

    def call(store, *options):
        named = (f"--model={model}", "--backend=plain.py:Plain", f"--store={tmp_path / store}")
        return run("generate", *named, *TASKS, *options)

    # The scripted backend, which takes a batch size.
    (tmp_path / "plain.py").write_text(
        "from clue_lib.engines.scripted import Scripted\n\n\n"
        "class Plain(Scripted):\n    name = 'plain'\n    args = frozenset({'batch_size'})\n"
    )
    return call


def chunks(store):
    """Every chunk of the store's only partition, as bytes."""
    (path,) = store.glob("*/generations.jsonl")
    found, lines = [], []
    for line in path.read_bytes().splitlines(keepends=True):
        lines.append(line)
        if len(lines) == json.loads(line)["size"]:
            found.append(b"".join(lines))
            lines = []
    assert not lines
    return found


def test_four_shares_merged_are_one_run(run, generate, tmp_path):
    code, out, _ = generate("whole")
    assert (code, out) == (0, f"share 1 of 1: 80 new answers in {tmp_path / 'whole'}\n")  # 39 and 41 bundled examples
    whole = chunks(tmp_path / "whole")
    shares = []
    for number in range(1, 5):
        assert generate(f"s{number}", f"--shard={number}/4")[0] == 0
        shares.append(chunks(tmp_path / f"s{number}"))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    stores = [tmp_path / f"s{number}" for number in (3, 1, 4, 2)]
    assert run("store", "import", *stores, f"--store={tmp_path / 'merged'}")[0] == 0
    assert sorted(chunks(tmp_path / "merged")) == sorted(whole)
    assert len(whole) == len(set(whole))


def test_shares_fill_one_store_too_and_are_not_answered_twice(generate, tmp_path):
    generate("whole")
    for number in (2, 1, 2):
        assert generate("shared", f"--shard={number}/2")[0] == 0
    assert sorted(chunks(tmp_path / "shared")) == sorted(chunks(tmp_path / "whole"))
    assert generate("shared")[1].startswith("share 1 of 1: 0 new answers")


def test_a_run_of_the_gate_finds_the_answers_of_all_shares(generate, model, tmp_path):
    for number in (1, 2):
        generate("shared", f"--shard={number}/2")
    (model / "starts.log").unlink()
    asked = {"backend": "plain.py:Plain", "engine_args": ["batch_size=8"], "tasks": ["mednli"]}
    result = gate(str(model), baseline=str(model), store=tmp_path / "shared", log_dir=tmp_path / "log", **asked)
    assert result.gates.set_index("id").loc["level1.mednli.accuracy", "candidate"] == 1  # it answers ideally
    assert not (model / "starts.log").exists()


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_share_that_is_none_is_one_line(generate, shard):
    code, _, error = generate("s", f"--shard={shard}")
    assert code == 4
    assert "write the share's number and how many there are, as in 2/8" in error
    assert len(error.splitlines()) == 1


def test_processes_that_add_at_once_lose_no_chunk(tmp_path):
    about = Recording(model="m", identity=Identity(weights="w"), engine=Fingerprint(name="scripted"))

    def add(name):
        mine = SharedPartition(tmp_path, about)
        for i in range(20):
            mine.append([(f"{name}{i}{j}", answer(f"{name} {i} {j}")) for j in range(3)])

    threads = [threading.Thread(target=add, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    partition = SharedPartition(tmp_path, about)
    assert (len(partition.load()), partition.n_damaged()) == (180, 0)


def test_what_a_killed_process_left_unfinished_harms_no_other(tmp_path):
    about = Recording(model="m", identity=Identity(weights="w"), engine=Fingerprint(name="scripted"))
    partition = SharedPartition(tmp_path, about)
    partition.append([("a", answer("a")), ("b", answer("b"))])
    partition.path.write_bytes(partition.path.read_bytes()[:-20])
    SharedPartition(tmp_path, about).append([("c", answer("c"))])
    assert (set(partition.load()), partition.n_damaged()) == ({"c"}, 0)


def answer(text):
    return Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
