"""Models behind servers in a run: what is refused before a byte is sent, and what a run says of them."""

import socket

import canaries
import pytest
from stub_server import StubServer
from tiny_tokenizer import tiny_tokenizer

from clue_lib.errors import ModelError, OptionError, UserError
from clue_lib.report.asked import asked
from clue_lib.report.header import header
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun

pytest.importorskip("openai")

TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"
HERE = "http://127.0.0.1:9"


@pytest.fixture
def run(root, tmp_path, monkeypatch):
    """Makes a run of MedNLI that is not prepared yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(**given):
        options = Options(
            thresholds=root / "thresholds.toml",
            report_dir=str(tmp_path / "report"),
            store=str(tmp_path / "store"),
            **{"limit": 4, "engine_arg": ("retries=0",)} | given,
        )
        return GateRun(settings.from_options(options), (), tasks=("mednli",), tell=lambda step: None)

    return make


@pytest.fixture
def elsewhere():
    """This machine's own address in its network, which is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, and asks which way it would go
        except OSError:
            pytest.skip("this machine has no network")
        host = probe.getsockname()[0]
    if host.startswith("127."):
        pytest.skip("this machine has no address but its loopback")
    return host


def served(stub, name="m"):
    return f"server:{name}@{stub.url}"


def test_credentialed_prompts_go_to_no_host_that_was_not_named(run, elsewhere, tmp_path):
    data = str(canaries.write(tmp_path / "data"))
    with StubServer(host=elsewhere) as stub:
        both = {"model": served(stub), "baseline": served(stub), "template": "server", "data_root": data}
        with pytest.raises(OptionError, match=f"--allow-remote-host={elsewhere}$") as error:
            run(**both).prepare()
        assert (stub.n_connections, stub.requests) == (0, [])
        assert "mednli is credentialed: nothing was sent" in str(error.value)

        allowed = run(**both, allow_remote_host=(elsewhere,))
        allowed.prepare()
        assert allowed.info.remote_hosts == (elsewhere,)
        assert f"sent to {elsewhere}" in " ".join(" ".join(header(allowed.info)).split())
        assert stub.n_connections > 0


def test_open_data_may_go_anywhere_and_is_not_told_of(run, elsewhere):
    with StubServer(host=elsewhere) as stub:
        prepared = run(model=served(stub), baseline=served(stub), template="server")
        prepared.prepare()
        assert prepared.info.remote_hosts == ()


def test_messages_are_told_of_and_certify_nothing(run):
    with StubServer() as stub:
        both = {"model": served(stub), "baseline": served(stub), "template": "server"}
        prepared = run(**both)
        prepared.prepare()
        assert "template: the server's" in asked(prepared.info)
        assert prepared.info.candidate.engine.template == "the server's"
        assert prepared.info.candidate.engine.chat == prepared.info.chat
        with pytest.raises(OptionError, match="release demands to know what the models read"):
            run(**both, limit=None, profile="release").prepare()


def test_token_ids_need_a_tokenizer(run, tmp_path):
    folder = tmp_path / "tokenizer"
    made = tiny_tokenizer(TEMPLATE)
    made.save_pretrained(folder)
    with StubServer(made) as stub:
        both = {"model": served(stub), "baseline": served(stub)}
        with pytest.raises(ModelError, match=r"server:m: no folder.*--tokenizer=FOLDER.*--template=server"):
            run(**both).prepare()
        prepared = run(**both, tokenizer=str(folder))
        prepared.prepare()
        assert prepared.info.candidate.identity.tokenizer
        assert prepared.info.candidate.engine.template is None


def test_servers_of_two_programs_are_refused(run):
    class Newer(StubServer):
        version = "0.33.0"

    with StubServer() as one, Newer() as other, pytest.raises(ModelError, match=r"version: .*0\.33\.0.*0\.32\.0"):
        run(model=served(one), baseline=served(other), template="server").prepare()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"model": f"server:m@{HERE}", "baseline": "SmolLM2-135M-Instruct"},
            "one behind a server, one on this machine",
        ),
        ({"endpoint": HERE}, "no model is behind a server"),
        ({"tokenizer": "x"}, "no model is behind a server"),
        ({"template": "server"}, "no model is behind a server"),
        ({"backend": "server"}, "name the models as server:NAME"),
        ({"model": f"server:m@{HERE}", "baseline": f"server:b@{HERE}", "backend": "vllm"}, "drop one of the two"),
        (
            {"model": f"server:m@{HERE}", "baseline": f"server:b@{HERE}", "allow_remote_host": ("a.example",)},
            "no model is served there; other machines that are named: none",
        ),
        (
            {"model": f"server:m@{HERE}", "baseline": f"server:b@{HERE}", "template": "server", "tokenizer": "x"},
            "drop one of the two",
        ),
        (
            {"model": f"server:m@{HERE}", "baseline": f"server:b@{HERE}", "template": "server", "reasoning": "off"},
            "drop one of the two",
        ),
        (
            {"model": f"server:m@{HERE}", "baseline": f"server:b@{HERE}", "engine_arg": ("concurrency=0",)},
            "whole number of at least 1",
        ),
    ],
)
def test_what_can_not_be_meant_is_one_line(run, tmp_path, given, told):
    for name in ("base", "tuned"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "script.toml").write_text("", encoding="utf-8")
    usual = {"model": str(tmp_path / "tuned"), "baseline": str(tmp_path / "base"), "backend": "scripted"}
    if "model" in given:
        usual = {"backend": "auto"}
    with pytest.raises(UserError, match=told):
        run(**usual | {"engine_arg": ()} | given)
