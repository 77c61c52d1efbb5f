"""Downloads from a server on this machine: what arrives whole and right is kept, of anything else nothing."""

import hashlib
import importlib.util
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from clue_lib.datasets import fetching, recorded
from clue_lib.errors import DataError, MissingExtra

CONTENT = b'{"a": 1}\n' * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
OTHER = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc": FIPS 180-2, appendix B.1


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT at /whole, its first half at /cut and, never ending, at /slow; all else is not found."""

    def do_GET(self):
        if self.path not in ("/whole", "/cut", "/slow"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path == "/whole" else CONTENT[: len(CONTENT) // 2])
        self.wfile.flush()
        self.server.asked.set()
        if self.path == "/slow":
            self.server.done.wait(60)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.asked, found.done = threading.Event(), threading.Event()
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.done.set()
    found.shutdown()
    thread.join()
    found.server_close()


def url(server, path):
    return f"http://127.0.0.1:{server.server_port}{path}"


def accept(path):
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("official", [None, DIGEST])
def test_file_is_kept_and_its_digest_recorded(server, tmp_path, official):
    target = tmp_path / "new" / "f.json"
    assert fetching.fetch(url(server, "/whole"), target, official=official, check=accept) == DIGEST
    assert target.read_bytes() == CONTENT
    assert recorded.digests(target.parent) == {"f.json": DIGEST}
    assert len(list(target.parent.iterdir())) == 2


def test_file_is_fetched_again_where_it_is_the_recorded_one(server, tmp_path):
    for _ in range(2):
        fetching.fetch(url(server, "/whole"), tmp_path / "f.json", official=None, check=accept)
        (tmp_path / "f.json").unlink()


def test_other_file_than_the_official_or_the_recorded_one_is_not_kept(server, tmp_path):
    with pytest.raises(DataError, match=f"digest {DIGEST[:12]} is not the official {OTHER[:12]}; "):
        fetching.fetch(url(server, "/whole"), tmp_path / "f.json", official=OTHER, check=accept)
    recorded.write(tmp_path / "f.json", b"abc")
    (tmp_path / "f.json").unlink()
    with pytest.raises(DataError, match=f"digest {DIGEST[:12]} is not the recorded {OTHER[:12]}; ") as caught:
        fetching.fetch(url(server, "/whole"), tmp_path / "f.json", official=None, check=accept)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["digests.json"]


def test_content_that_is_not_the_data_is_not_kept(server, tmp_path):
    def refuse(path):
        raise DataError(f"{path}:1: not JSON")

    with pytest.raises(DataError, match=r"/whole: sent something else:1: not JSON; a login page perhaps"):
        fetching.fetch(url(server, "/whole"), tmp_path / "f.json", official=None, check=refuse)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "problem"), [("/none", "the server answers 404; "), ("/cut", "may be offline; get it from elsewhere")]
)
def test_failed_download_is_one_line_and_leaves_nothing(server, tmp_path, path, problem):
    with pytest.raises(DataError, match=problem) as caught:
        fetching.fetch(url(server, path), tmp_path / "f.json", official=None, check=accept)
    assert str(tmp_path / "f.json") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_offline_is_one_line_that_says_so(server, tmp_path):
    server.server_close()  # nobody listens at the port any more
    with pytest.raises(DataError, match=r"not downloaded \(ConnectionError\), this machine may be offline; "):
        fetching.fetch(url(server, "/whole"), tmp_path / "f.json", official=None, check=accept)
    assert not list(tmp_path.iterdir())


def test_killed_download_leaves_nothing_in_the_data_folder(server, tmp_path, root):
    code = (
        "import sys; from pathlib import Path; from clue_lib.datasets import fetching;"
        "fetching.fetch(sys.argv[1], Path(sys.argv[2]), official=None, check=print)"
    )
    target = tmp_path / "f.json"
    child = subprocess.Popen([sys.executable, "-c", code, url(server, "/slow"), str(target)], cwd=root)
    assert server.asked.wait(60)
    child.kill()
    child.wait()
    assert not list(tmp_path.iterdir())


def test_missing_package_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pooch not installed; .*clue-gate\[data\]"):
        fetching.fetch("http://127.0.0.1/f", tmp_path / "f.json", official=None, check=accept)
