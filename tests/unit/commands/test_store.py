"""`store verify|prune|export|import`, as a user calls them: whole, damaged and hostile stores."""

import gzip
import hashlib
import io
import json
import os
import tarfile
import time

import pytest

from clue_lib import sealed
from clue_lib.engines import store_archive
from clue_lib.engines.store import Partition
from clue_lib.models import Recording
from clue_lib.types import Fingerprint, Generation, Identity


def answers(name, n=2):
    return [
        (f"{name}{i}", Generation(text=f"{name} {i}", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1))
        for i in range(n)
    ]


def partition(root, model, tier="bundled"):
    about = Recording(model=model, identity=Identity(weights=model), engine=Fingerprint(name="scripted"))
    made = Partition(root, about, tier=tier)
    made.append(answers("a"))
    made.append(answers("b", 3))
    return made


@pytest.fixture
def store(tmp_path):
    """A store of two models' answers, with noise and scores of the first."""
    root = tmp_path / "store"
    first = partition(root, "base")
    sealed.keep(first.folder / "scores" / "s.json", {"accuracy": 1}, format="clue-gate Scores 1")
    sealed.keep(first.folder / "noise.json", {}, format="clue-gate noise 1")
    sealed.keep(root / "pace.json", {"vllm m": 1.0}, format="clue-gate pace 1")
    partition(root, "tuned")
    return root


def of_model(store, model):
    return next(path.parent for path in store.glob("*/about.json") if json.loads(path.read_text())["model"] == model)


def one_line(error):
    (line,) = error.splitlines()
    assert line.startswith("error: ")
    return line


def test_a_whole_store_is_verified(run, store):
    code, out, _ = run("store", "verify", f"--store={store}")
    assert code == 0
    assert out.endswith("10 answers in 2 folders read, 0 problems\n")


@pytest.mark.parametrize("name", ["about.json", "generations.jsonl", "scores/s.json", "noise.json", "../pace.json"])
def test_no_flipped_byte_stays_hidden(run, store, name):
    path = of_model(store, "base") / name
    whole = path.read_bytes()
    for place in range(0, len(whole) - 1, 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        path.write_bytes(damaged)
        code, out, _ = run("store", "verify", f"--store={store}")
        found = [line for line in out.splitlines() if line.startswith("damaged: ")]
        assert (code, len(found)) == (1, 1), place
        assert path.name in found[0]


def test_verify_of_no_store_is_one_line(run, tmp_path):
    code, _, error = run("store", "verify", f"--store={tmp_path / 'none'}")
    assert code == 4
    assert "name a store's folder with --store" in one_line(error)


def test_prune_says_first_what_would_go(run, store):
    old = of_model(store, "tuned") / "generations.jsonl"
    os.utime(old, (time.time() - 40 * 24 * 3600,) * 2)
    code, out, _ = run("store", "prune", f"--store={store}", "--older-than=30", "--dry-run")
    assert code == 0
    assert "tuned" in out
    assert "base" not in out
    assert "would go: 1 folders" in out
    assert len(list(store.glob("*/about.json"))) == 2
    code, out, _ = run("store", "prune", f"--store={store}", "--older-than=30")
    assert (code, len(list(store.glob("*/about.json")))) == (0, 1)
    assert of_model(store, "base").is_dir()


def test_prune_keeps_what_is_named_by_model_or_folder(run, store):
    kept = of_model(store, "tuned").name
    assert run("store", "prune", f"--store={store}", f"--keep={kept}", "--keep=base")[0] == 0
    assert len(list(store.glob("*/about.json"))) == 2
    assert run("store", "prune", f"--store={store}", "--keep=base")[0] == 0
    assert [json.loads(path.read_text())["model"] for path in store.glob("*/about.json")] == ["base"]


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--keep=bsae"]])
def test_prune_of_everything_by_mistake_is_refused(run, store, options):
    code, _, error = run("store", "prune", f"--store={store}", *options)
    assert code == 4
    one_line(error)
    assert len(list(store.glob("*/about.json"))) == 2


def test_prune_leaves_what_a_run_is_adding_to(run, store):
    about = Recording(model="tuned", identity=Identity(weights="tuned"), engine=Fingerprint(name="scripted"))
    with Partition(store, about).held():
        code, out, _ = run("store", "prune", f"--store={store}", "--keep=base")
    assert code == 0
    assert "to which a run is adding" in out
    assert of_model(store, "tuned").is_dir()


@pytest.fixture
def archive(run, store, tmp_path):
    """An export of the base's answers."""
    path = tmp_path / "base.tar.gz"
    assert run("store", "export", "base", f"--store={store}", f"--out={path}")[0] == 0
    return path


def test_an_export_comes_back_whole_and_says_its_digests(run, store, archive, tmp_path):
    code, out, _ = run("store", "export", "base", f"--store={store}", f"--out={archive}")
    folder = of_model(store, "base")
    for name in ("about.json", "generations.jsonl", "noise.json"):
        assert f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" in out
    for _ in range(2):  # once more is no mistake
        code, out, _ = run("store", "import", archive, f"--store={tmp_path / 'other'}")
        assert code == 0
    (imported,) = (tmp_path / "other").iterdir()
    assert imported.name == folder.name
    assert {path.name for path in imported.iterdir()} == {"about.json", "generations.jsonl", "noise.json"}
    assert (imported / "generations.jsonl").read_bytes() == (folder / "generations.jsonl").read_bytes()
    assert run("store", "verify", f"--store={tmp_path / 'other'}")[0] == 0


def test_an_export_is_the_same_bytes_each_time(run, store, archive, tmp_path):
    again = tmp_path / "again.tar.gz"
    assert run("store", "export", of_model(store, "base").name, f"--store={store}", f"--out={again}")[0] == 0
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("tier", ["licensed", "credentialed"])
def test_answers_under_an_agreement_are_not_exported(run, store, tmp_path, tier):
    about = Recording(model="base", identity=Identity(weights="base"), engine=Fingerprint(name="scripted"))
    Partition(store, about, tier=tier).append(answers("private"))
    code, _, error = run("store", "export", "base", f"--store={store}", f"--out={tmp_path / 'x'}")
    assert code == 4
    assert f"answers to {tier} data, which must stay beside it" in one_line(error)
    assert not (tmp_path / "x").exists()


def test_damaged_answers_are_not_exported(run, store, tmp_path):
    path = of_model(store, "base") / "generations.jsonl"
    path.write_bytes(path.read_bytes().replace(b"a 0", b"a 7"))
    code, _, error = run("store", "export", "base", f"--store={store}", f"--out={tmp_path / 'x'}")
    assert code == 4
    assert "1 damaged lines" in one_line(error)


def test_no_flipped_byte_of_an_archive_is_imported(run, archive, tmp_path):
    # Of the uncompressed content: gzip has a checksum of its own, which would find the byte first.
    whole = gzip.decompress(archive.read_bytes())
    other = tmp_path / "other"
    n_refused = 0
    for place in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        archive.write_bytes(gzip.compress(bytes(damaged)))
        code, _, error = run("store", "import", archive, f"--store={other}")
        if code == 0:  # a byte of the tar's own that says nothing of the files: owner, padding
            code = run("store", "verify", f"--store={other}")[0]
            assert code == 0
            continue
        n_refused += 1
        assert code == 4
        one_line(error)
    assert n_refused > 10
    assert [path.name for path in other.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("size", [0, 1, 20, 200])
def test_an_archive_cut_short_is_one_line(run, archive, tmp_path, size):
    archive.write_bytes(archive.read_bytes()[:size])
    code, _, error = run("store", "import", archive, f"--store={tmp_path / 'other'}")
    assert code == 4
    one_line(error)
    assert list((tmp_path / "other").iterdir()) == []


def packed(path, *members):
    """A gzipped tar of these members, (TarInfo, content)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    path.write_bytes(buffer.getvalue())
    return path


def manifest(partition="0" * 24, **changed):
    parts = {"about.json": store_archive.Part(size=1, sha256=hashlib.sha256(b"x").hexdigest()), **changed}
    content = store_archive.Manifest(partition=partition, parts=parts)
    return tarfile.TarInfo("manifest.json"), sealed.seal(content, format=store_archive.FORMAT)


@pytest.mark.parametrize("name", ["../../escaped", "/tmp/escaped", "about.json/../../escaped", "scores/x.json", "lock"])
def test_no_member_leaves_the_store(run, tmp_path, name):
    path = packed(tmp_path / "a.tar.gz", manifest(), (tarfile.TarInfo(name), b"x"))
    code, _, error = run("store", "import", path, f"--store={tmp_path / 'store'}")
    assert code == 4
    assert "which no export does; nothing was imported" in one_line(error)
    assert {each.name for each in tmp_path.iterdir()} == {"a.tar.gz", "store"}
    assert list((tmp_path / "store").iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_plain_file_is_refused(run, tmp_path, kind):
    member = tarfile.TarInfo("about.json")
    member.type, member.linkname = kind, "/etc/passwd"
    path = packed(tmp_path / "a.tar.gz", manifest(), (member, b""))
    code, _, error = run("store", "import", path, f"--store={tmp_path / 'store'}")
    assert code == 4
    assert "is no plain file; nothing was imported" in one_line(error)


@pytest.mark.parametrize("partition", ["../escaped", "/tmp/escaped", "", "."])
def test_a_partitions_name_leads_nowhere_else(run, store, archive, tmp_path, partition):
    with tarfile.open(archive) as tar:
        parts = {name: tar.extractfile(name).read() for name in tar.getnames()}
    true = sealed.unseal(parts.pop("manifest.json"), store_archive.Manifest, format=store_archive.FORMAT)
    member = manifest(partition, **true.parts)
    path = packed(tmp_path / "a.tar.gz", member, *((tarfile.TarInfo(name), content) for name, content in parts.items()))
    code, _, error = run("store", "import", path, f"--store={tmp_path / 'other'}")
    assert code == 4
    assert "another model or engine" in one_line(error)
    assert list((tmp_path / "other").iterdir()) == []


def test_another_format_and_a_bomb_are_refused(run, tmp_path):
    later = tarfile.TarInfo("manifest.json"), sealed.seal({}, format="clue-gate store export 3")
    huge = manifest(**{"generations.jsonl": store_archive.Part(size=2**40, sha256="0" * 64)})
    for member, message in ((later, "of another format"), (huge, "more than the 4,294,967,296")):
        code, _, error = run("store", "import", packed(tmp_path / "a.tar.gz", member), f"--store={tmp_path / 'store'}")
        assert code == 4
        assert message in one_line(error)


@pytest.mark.parametrize("name", ["/dev/zero", "/etc/passwd", "../pace.json", "scores/s.json", ""])
def test_a_manifest_leads_to_no_other_file(run, tmp_path, name):
    # /dev/zero never ends: were it opened, this test would not either
    member = manifest(**{name: store_archive.Part(size=1, sha256="0" * 64)})
    path = packed(tmp_path / "a.tar.gz", member, (tarfile.TarInfo("about.json"), b"x"))
    code, _, error = run("store", "import", path, f"--store={tmp_path / 'store'}")
    assert code == 4
    assert f"names {name!r}, which no export does; nothing was imported" in one_line(error)
    assert list((tmp_path / "store").iterdir()) == []


def test_a_negative_size_does_not_lift_the_limit(run, tmp_path):
    sizes = {"generations.jsonl": 2**40, "noise.json": -(2**40)}  # the sum is that of about.json, 1 byte
    member = manifest(**{name: store_archive.Part(size=size, sha256="0" * 64) for name, size in sizes.items()})
    code, _, error = run("store", "import", packed(tmp_path / "a.tar.gz", member), f"--store={tmp_path / 'store'}")
    assert code == 4
    assert "says that noise.json has -1099511627776 bytes" in one_line(error)


def test_another_models_about_is_told_and_not_exported(run, store, tmp_path):
    folder = of_model(store, "base")
    (folder / "about.json").write_bytes((of_model(store, "tuned") / "about.json").read_bytes())
    code, out, _ = run("store", "verify", f"--store={store}")
    assert code == 1
    assert f"{folder / 'about.json'}: of another model or engine than the folder's name says" in out
    code, _, error = run("store", "export", folder.name, "--out", tmp_path / "a.tar.gz", f"--store={store}")
    assert code == 4
    assert "of another model or engine than the folder's name says; run the model once more" in one_line(error)


def test_other_answers_of_the_model_are_not_overwritten(run, archive, tmp_path):
    about = Recording(model="base", identity=Identity(weights="base"), engine=Fingerprint(name="scripted"))
    there = Partition(tmp_path / "other", about)
    there.append([("a0", answers("other")[0][1])])
    whole = there.path.read_bytes()
    code, _, error = run("store", "import", archive, f"--store={tmp_path / 'other'}")
    assert code == 4
    assert "holds other answers of this model to 1 prompts" in one_line(error)
    assert there.path.read_bytes() == whole


def chunks_of(path):
    """The file's chunks, as bytes."""
    chunks, lines = [], []
    for line in path.read_bytes().splitlines(keepends=True):
        lines.append(line)
        if len(lines) == json.loads(line)["size"]:
            chunks.append(b"".join(lines))
            lines = []
    assert not lines
    return chunks


def test_chunks_that_are_lacking_are_added_and_the_others_are_not(run, archive, tmp_path):
    about = Recording(model="base", identity=Identity(weights="base"), engine=Fingerprint(name="scripted"))
    there = Partition(tmp_path / "other", about)
    there.append(answers("b", 3))
    there.append(answers("more"))
    for _ in range(2):  # once more is no mistake
        assert run("store", "import", archive, f"--store={tmp_path / 'other'}")[0] == 0
    assert set(there.load()) == {"a0", "a1", "b0", "b1", "b2", "more0", "more1"}
    assert len(chunks_of(there.path)) == 3
    assert (there.folder / "noise.json").exists()


def test_a_store_is_taken_over_whole(run, store, tmp_path):
    code, out, _ = run("store", "import", store, store, f"--store={tmp_path / 'other'}")
    assert code == 0
    assert "imported 10 new answers of 2 folders" in out
    assert "imported 0 new answers of 2 folders" in out
    for folder in store.glob("*/"):
        assert (tmp_path / "other" / folder.name / "generations.jsonl").read_bytes() == (
            folder / "generations.jsonl"
        ).read_bytes()
    assert run("store", "verify", f"--store={tmp_path / 'other'}")[0] == 0


def test_a_damaged_store_is_not_taken_over(run, store, tmp_path):
    path = of_model(store, "tuned") / "generations.jsonl"
    path.write_bytes(path.read_bytes().replace(b"a 0", b"a 7"))
    code, _, error = run("store", "import", store, f"--store={tmp_path / 'other'}")
    assert code == 4
    assert "1 damaged lines; run that share once more" in one_line(error)
    assert not (tmp_path / "other").exists()


def test_private_answers_are_merged_beside_their_data_alone(run, tmp_path):
    source = tmp_path / "one" / ".clue-gate"
    partition(source, "base", tier="credentialed")
    code, _, error = run("store", "import", source, f"--store={tmp_path / 'other'}")
    assert code == 4
    assert "which must stay beside it" in one_line(error)
    assert not (tmp_path / "other").exists()
    target = tmp_path / "two" / ".clue-gate"
    assert run("store", "import", source, f"--store={target}")[0] == 0
    (merged,) = target.glob("*/generations.jsonl")
    assert merged.stat().st_mode & 0o777 == 0o600
