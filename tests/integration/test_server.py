"""Backend `server` in whole runs: through a stub that dies, or changes, in the middle."""

from pathlib import Path

import pytest
from skips import needs
from stub_server import N_PROBE, StubServer

from clue_lib.errors import EngineError
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun
from clue_lib.types import Progress

pytestmark = [pytest.mark.slow, needs("openai", "the extra server")]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Makes a run of eight questions of MedNLI, two in a batch."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(stub, tell):
        options = Options(
            thresholds=ROOT / "thresholds.toml",
            report_dir=str(tmp_path / "report"),
            store=str(tmp_path / "store"),
            model=f"server:m@{stub.url}",
            baseline=f"server:m@{stub.url}",
            template="server",
            limit=8,
            engine_arg=("retries=0", "batch_size=2"),
        )
        return GateRun(settings.from_options(options), (), tasks=("mednli",), tell=tell)

    return make


def test_a_run_whose_server_died_goes_on_where_it_stopped(run):
    n_batch = 2 + 16
    with StubServer(lie="close", after=N_PROBE + 2 * n_batch) as stub:
        first = run(stub, print)
        with pytest.raises(EngineError, match="whole chunks stay: see to the server and run again"):
            _ = first.answered
        assert "whole chunks stay" in str(first.failure)
        stub.lie = ""
        before = len(stub.asked)
        assert set(run(stub, print).answered.pairs) == {"mednli"}
    assert len(stub.asked) - before == N_PROBE + 2 * n_batch  # four of the eight questions were stored


def test_a_deployment_that_changes_in_the_middle_is_an_error_and_its_batch_is_not_stored(run, tmp_path):
    with StubServer() as stub:

        def change(step):
            if isinstance(step, Progress) and step.done == 2:
                stub.weights = "b"

        changed = run(stub, change)
        with pytest.raises(EngineError, match="answers fixed prompts otherwise than when the run began"):
            _ = changed.answered
    kept = [path for path in (tmp_path / "store").glob("*/generations.jsonl") if path.stat().st_size]
    assert sum(len(path.read_bytes().splitlines()) for path in kept) == 2
