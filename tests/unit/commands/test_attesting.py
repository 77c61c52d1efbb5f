"""`attest` and `verify`: a signature that other programs check too, and no change that goes unnoticed."""

import base64
import hashlib
import json
import shutil
import subprocess

import pytest
from plain_values import make_comparison

from clue_lib import suite
from clue_lib.engines.store import Partition
from clue_lib.judging import judge, load_thresholds, ruling
from clue_lib.models import Recording
from clue_lib.report import envelope, gate_json, of_run
from clue_lib.types import Generation

pytest.importorskip("cryptography")

HELD = {"baseline": 0.8, "candidate": 0.79, "delta": -0.01, "lower": -0.02, "upper": 0.0, "p": 0.2}
SHA = "0123456789abcdef" * 4


@pytest.fixture
def report(info, judged, tmp_path):
    """A run's report folder."""
    folder = tmp_path / "gate-report"
    run = info(rule=ruling.VERSION, suite_digest=suite.digest())
    verdict = judged("HELD", ok=True, figures=HELD, p_adjusted=0.2 / 0.6)  # quality has 0.6 of the level
    gate_json.write(folder / "gate.json", of_run(run, [verdict]))
    (folder / "examples.parquet").write_bytes(b"a table")
    return folder


@pytest.fixture
def store(info, tmp_path):
    """A store that holds the candidate's answers."""
    root, candidate = tmp_path / "store", info().candidate
    answer = Generation(text="x", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
    Partition(root, Recording(model="m", identity=candidate.identity, engine=candidate.engine)).append([("k", answer)])
    return root


@pytest.fixture
def key(run, tmp_path):
    """A private key, made as a user makes one."""
    path = tmp_path / "key.pem"
    assert run("attest", "--new-key", path)[0] == 0
    return path


@pytest.fixture
def attested(run, report, store, key):
    """The signed statement's file."""
    code, _, error = run("attest", report, "--key", key, "--store", store)
    assert (code, error) == (0, "")
    return report / "gate.intoto.json"


@pytest.fixture
def verify(run, attested, store, key):
    """Verifies; gives the exit code and the checks, (result, what) of each."""

    def call(*options, path=attested):
        code, out, error = run("verify", path, "--key", f"{key}.pub", "--store", store, *options)
        assert len(error.splitlines()) <= 1
        return code, out, error

    return call


def test_what_was_signed_verifies(verify):
    code, out, _ = verify()
    assert code == 0
    assert "DIFFERS" not in out
    assert out.splitlines()[-1].startswith("verified; ")
    told = dict(line.split("  ", 1) for line in out.splitlines() if line.startswith("ok"))
    assert told
    for what in ("signature", "gate.json", "examples.parquet", "verdict by its gates", "suite", "stored answers"):
        assert any(line.startswith("ok") and what in line for line in out.splitlines()), what
    for what in ("thresholds", "data of mednli", "candidate", "baseline"):  # which nobody said where to look for
        assert any(line.startswith("not checked") and what in line for line in out.splitlines()), what


def test_the_statement_is_an_in_toto_statement_about_gate_json(attested, report):
    found = json.loads(attested.read_bytes())
    assert found["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(found["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    digest = hashlib.sha256((report / "gate.json").read_bytes()).hexdigest()
    assert statement["subject"][0] == {"name": "gate.json", "digest": {"sha256": digest}}
    predicate = statement["predicate"]
    assert (predicate["state"], predicate["passed"], predicate["rule"]) == ("pass", True, ruling.VERSION)
    assert predicate["thresholds"] == SHA
    assert predicate["candidate"]["identity"]["adapter"] == SHA
    assert {task["data"] for task in predicate["data"]} == {SHA}
    assert len(predicate["store"]) == 1


def test_the_encoding_that_is_signed_is_that_of_the_specification():
    # DSSE's protocol.md, v1.0: the example of its section "Test vectors".
    encoded = envelope.pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_verifies_the_signature(attested, key, tmp_path):
    found = json.loads(attested.read_bytes())
    payload = base64.b64decode(found["payload"])
    (tmp_path / "sig").write_bytes(base64.b64decode(found["signatures"][0]["sig"]))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", f"{key}.pub", "-rawin"]
    command += ["-sigfile", str(tmp_path / "sig"), "-in", str(tmp_path / "signed")]
    for content, is_good in ((payload, True), (payload + b" ", False)):
        header = f"DSSEv1 28 application/vnd.in-toto+json {len(content)} ".encode()
        (tmp_path / "signed").write_bytes(header + content)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is is_good, done.stderr


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_a_key_of_openssls_signs(run, report, store, tmp_path):
    key = tmp_path / "openssl.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", f"{key}.pub"], check=True, capture_output=True)
    assert run("attest", report, "--key", key, "--store", store)[0] == 0
    assert run("verify", report / "gate.intoto.json", "--key", f"{key}.pub", "--store", store)[0] == 0


def changed_statement(path, change):
    found = json.loads(path.read_bytes())
    statement = json.loads(base64.b64decode(found["payload"]))
    change(statement)
    found["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    path.write_text(json.dumps(found))


TAMPERED = {
    "the verdict": lambda s: s["predicate"].update(state="fail"),
    "passed": lambda s: s["predicate"].update(passed=False),
    "the headline": lambda s: s["predicate"].update(headline="PASS (release)"),
    "the profile": lambda s: s["predicate"].update(profile="release"),
    "the rule": lambda s: s["predicate"].update(rule=7),
    "the suite": lambda s: s["predicate"].update(suite="f" * 64),
    "the thresholds": lambda s: s["predicate"].update(thresholds="f" * 64),
    "the candidate": lambda s: s["predicate"]["candidate"]["identity"].update(weights="f" * 64),
    "the adapter": lambda s: s["predicate"]["candidate"]["identity"].pop("adapter"),
    "the baseline": lambda s: s["predicate"]["baseline"].update(name="another"),
    "the data": lambda s: s["predicate"]["data"][0].update(data="f" * 64),
    "a task less": lambda s: s["predicate"]["data"].pop(),
    "the answers": lambda s: s["predicate"]["store"][0].update(sha256="f" * 64),
    "the digest of gate.json": lambda s: s["subject"][0]["digest"].update(sha256="f" * 64),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_changed_statement_is_found_by_signature_and_by_what_it_says(verify, attested, change):
    changed_statement(attested, change)
    code, out, _ = verify()
    assert code == 1
    differing = [line for line in out.splitlines() if line.startswith("DIFFERS")]
    assert any("signature" in line for line in differing)
    assert len(differing) > 1  # the signature aside, what was changed does not fit the rest


@pytest.mark.parametrize("name", ["gate.json", "examples.parquet"])
def test_a_changed_file_is_found(verify, report, name):
    path = report / name
    path.write_bytes(path.read_bytes() + b" ")
    code, out, _ = verify()
    assert code == 1
    assert out.splitlines()[-1].startswith(f"NOT VERIFIED: {name}")


def test_changed_answers_are_found_and_added_ones_are_none(verify, store):
    (path,) = store.glob("*/generations.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + b"more\n")
    assert verify()[0] == 0
    path.write_bytes(whole.replace(b'"x"', b'"y"'))
    code, out, _ = verify()
    assert code == 1
    assert "NOT VERIFIED: stored answers" in out


def test_another_thresholds_file_is_found(verify, tmp_path):
    (tmp_path / "other.toml").write_text("")
    code, out, _ = verify("--thresholds", tmp_path / "other.toml")
    assert code == 1
    assert "NOT VERIFIED: thresholds" in out


def test_gates_are_held_against_the_thresholds_file(run, info, root, tmp_path):
    path, report = root / "thresholds.toml", tmp_path / "report" / "gate.json"
    thresholds = load_thresholds(path)
    (gate, *_) = thresholds.for_task("mednli")
    comparison = make_comparison(baseline=0.2, candidate=0.19, delta=-0.01, lower=-0.02, upper=0.0, p=0.2)
    verdicts = judge([(gate, comparison)], policy=thresholds.policy, profile="ci")
    whole = info(rule=ruling.VERSION, suite_digest=suite.digest(), thresholds_digest=thresholds.digest)
    gate_json.write(report, of_run(whole, verdicts))
    _, out, _ = run("verify", report, "--thresholds", path)
    told = [line for line in out.splitlines() if "gates" in line and not line.startswith("run: ")]
    assert [line.split("  ")[0] for line in told] == ["ok", "ok", "not checked"]
    assert "gates left out" in told[2]
    content = json.loads(report.read_text())
    content["gates"][0]["margin"] = 0.5
    report.write_text(json.dumps(content))
    code, out, _ = run("verify", report, "--thresholds", path)
    assert code == 1
    assert f"{gate.id}: its margin is 0.5, the file's is {gate.margin}" in out


def test_another_model_is_found(verify, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    code, out, _ = verify("--model", folder)
    assert code == 1
    assert "NOT VERIFIED: candidate" in out


def test_another_signers_key(run, verify, attested, tmp_path):
    assert run("attest", "--new-key", tmp_path / "other.pem")[0] == 0
    code, out, _ = run("verify", attested, "--key", tmp_path / "other.pem.pub")
    assert code == 1
    assert "NOT VERIFIED: signature" in out


def test_without_a_key_nothing_is_verified(run, attested, report):
    for path in (attested, report / "gate.json"):
        code, out, _ = run("verify", path)
        assert code == 1
        assert out.splitlines()[-1].startswith("NOT VERIFIED: no signature was checked")


DAMAGED = {
    "empty": b"",
    "cut off": b'{"payloadType": "application/vnd.in-toto+json", "payl',
    "another type": b'{"payload": "e30=", "payloadType": "text/plain", "signatures": []}',
    "no base64": b'{"payload": "\xc3\xa4", "payloadType": "application/vnd.in-toto+json", "signatures": []}',
    "no statement": b'{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": []}',
    "nested without end": b'{"payloadType": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_statement_is_one_line(verify, attested, content):
    attested.write_bytes(content)
    code, _, error = verify()
    assert code == 4
    assert error.startswith(f"error: {attested}: ")


def test_files_without_end_are_one_line(run, report, attested, key):
    # /dev/zero never ends: were it read whole, this test would not either
    for command in (
        ("verify", "/dev/zero", "--report", report),
        ("verify", attested, "--key", "/dev/zero"),
        ("attest", report, "--key", "/dev/zero"),
    ):
        code, _, error = run(*command)
        assert code == 4, command
        assert "/dev/zero: not a regular file" in error
        assert len(error.splitlines()) == 1


def test_a_file_larger_than_the_bound_is_one_line(run, attested, monkeypatch):
    monkeypatch.setenv("CLUE_GATE_MAX_FILE_SIZE", "1KB")
    attested.write_bytes(attested.read_bytes() + b" " * 2000)
    code, _, error = run("verify", attested)
    assert code == 4
    assert "it holds more than 1,000 bytes" in error


def test_no_signature_at_all_is_not_verified(verify, attested):
    found = json.loads(attested.read_bytes())
    attested.write_text(json.dumps(found | {"signatures": []}))
    assert verify()[0] == 1


def test_a_statement_leads_to_no_file_elsewhere(run, report, store, key, verify, attested, tmp_path):
    # Signed by the key's owner, but hostile all the same: nothing outside of the folder is read.
    (tmp_path / "secret").write_text("x")
    found = json.loads(attested.read_bytes())
    statement = json.loads(base64.b64decode(found["payload"]))
    digest = {"sha256": hashlib.sha256(b"x").hexdigest()}
    statement["subject"].append({"name": "../secret", "digest": digest})
    statement["predicate"]["store"][0]["partition"] = "../secret"
    attested.write_bytes(envelope.sign(json.dumps(statement).encode(), key))
    _, out, _ = verify()
    assert any(line.startswith("not checked") and "../secret" in line for line in out.splitlines())
    assert not any(line.startswith("ok") and "../secret" in line for line in out.splitlines())


def test_a_gate_json_whose_words_were_changed_is_not_signed_and_gives_no_verdict(run, report, key):
    content = json.loads((report / "gate.json").read_text())
    (report / "gate.json").write_text(json.dumps(content | {"headline": "PASS: all is well"}))
    for command in (("attest", report, "--key", key), ("verdict", report)):
        code, _, error = run(*command)
        assert code == 4
        assert "its headline does not follow from its gates" in error
        assert len(error.splitlines()) == 1
    assert not (report / "gate.intoto.json").exists()


def test_an_older_report_without_rule_and_signature_still_gives_its_verdict(run, report):
    content = json.loads((report / "gate.json").read_text())
    del content["signature"], content["run"]["rule"], content["run"]["suite_digest"]
    (report / "gate.json").write_text(json.dumps(content))
    assert run("verdict", report)[0] == 0


@pytest.mark.parametrize("rule", [ruling.VERSION + 1, 0])
def test_another_versions_rule_is_not_signed_and_not_said_to_be_ok(run, report, key, rule):
    content = json.loads((report / "gate.json").read_text())
    content["run"]["rule"] = rule
    (report / "gate.json").write_text(json.dumps(content))
    code, _, error = run("attest", report, "--key", key)
    assert code == 4
    assert f"this version checks rule {ruling.VERSION}; attest it with version 0.1.0" in error
    assert len(error.splitlines()) == 1
    _, out, _ = run("verify", report / "gate.json")
    (line,) = (line for line in out.splitlines() if "verdict by its gates" in line)
    assert line.startswith("not checked")


def test_keys_that_are_none_are_one_line(run, report, attested, key, tmp_path):
    (tmp_path / "text").write_text("no key")
    for options in (
        ("attest", report, "--key", tmp_path / "text"),
        ("attest", report, "--key", tmp_path / "none"),
        ("attest", report, "--key", f"{key}.pub"),
        ("attest", report),
        ("attest", "--new-key", key),
        ("verify", attested, "--key", key),
        ("verify", attested, "--key", tmp_path / "text"),
    ):
        code, _, error = run(*options)
        assert code == 4, options
        assert len(error.splitlines()) == 1


def test_an_encrypted_key_takes_its_passphrase_from_the_environment(run, report, key, tmp_path, monkeypatch):
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    locked = tmp_path / "locked.pem"
    command = ["openssl", "pkcs8", "-topk8", "-in", key, "-out", locked, "-passout", "pass:open sesame"]
    subprocess.run(command, check=True, capture_output=True)
    code, _, error = run("attest", report, "--key", locked)
    assert code == 4
    assert "CLUE_GATE_KEY_PASSPHRASE" in error
    monkeypatch.setenv("CLUE_GATE_KEY_PASSPHRASE", "open sesame")
    assert run("attest", report, "--key", locked)[0] == 0


def test_a_key_is_its_owners_alone(key):
    assert key.stat().st_mode & 0o777 == 0o600
