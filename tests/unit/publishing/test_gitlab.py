"""GitLab's reports: the fields that its documentation demands, and OpenMetrics by another program's parser."""

import dataclasses
import json
import math
import os
import re
from pathlib import Path

import pytest
from skips import needs

from clue_lib.errors import StoreError
from clue_lib.publishing import gitlab
from clue_lib.report import of_run, read

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


@pytest.fixture
def document(info, judged):
    """One primary that regressed, one metric that is undecided, one that held, one that had no data, one monitor."""
    return of_run(
        info(n_selected=5),
        [
            judged("REGRESSED", role="primary", figures={"delta": -0.1, "lower": -0.14, "upper": -0.06}),
            judged("UNDECIDED", metric="empty", ok=True, reason="too few", figures={"lower": -math.inf}),
            judged("HELD", metric="truncated", ok=True),
            judged("NOT RUN", metric="unparsed", ok=True, figures=None),
            judged(None, metric="answer_length", ok=True, role="monitor"),
        ],
    )


def issues(document, texts=None):
    return json.loads(gitlab.code_quality(document, texts or {}))


def test_what_failed_and_what_is_undecided_is_an_issue(document):
    lost, open_ = issues(document, {"gates.toml": "# [level1.mednli.accuracy]\n\n[level1.mednli.accuracy] # why\n"})
    assert lost["description"] == "REGRESSED mednli accuracy: why; 10.0 worse, bounds [−14.0, −6.0], in points"
    assert (lost["check_name"], lost["severity"]) == ("level1.mednli.accuracy", "critical")
    assert lost["location"] == {"path": "gates.toml", "lines": {"begin": 3}}
    assert (open_["severity"], open_["location"]["lines"]["begin"]) == ("minor", 1)


def test_every_issue_has_what_gitlab_demands(finished):
    """https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: these fields, of these values."""
    found = issues(finished.document)
    assert found
    for issue in found:
        assert all(issue[name] for name in ("description", "check_name", "fingerprint"))
        assert issue["severity"] in SEVERITIES
        assert not issue["location"]["path"].startswith(("./", "/"))
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in found}) == len(found)


def test_one_gate_is_one_problem_in_both_branches(document):
    worse = dataclasses.replace(document.verdicts[0], reason="worse still")
    other = dataclasses.replace(document, verdicts=(worse,))
    assert issues(other)[0]["fingerprint"] == issues(document)[0]["fingerprint"]


def test_a_run_that_failed_without_a_gate_is_an_issue(info, judged):
    (issue,) = issues(of_run(info(failed_snapshots=("medisumcode",)), [judged("HELD", ok=True)]))
    assert "the snapshot of medisumcode did" in issue["description"]
    assert issue["location"] == {"path": "thresholds.toml", "lines": {"begin": 1}}
    assert issues(of_run(info(), [judged("HELD", ok=True)])) == []


def test_the_suites_own_thresholds_lie_in_no_repository(document):
    suites = dataclasses.replace(document.verdicts[0].gate, file="the suite's own thresholds.toml")
    run = dataclasses.replace(document, verdicts=(dataclasses.replace(document.verdicts[0], gate=suites),))
    assert issues(run)[0]["location"]["path"] == "thresholds.toml"


@needs("prometheus_client", "prometheus-client, of the extra dev")
def test_the_metrics_are_openmetrics(document):
    """Read by prometheus_client, the reference parser."""
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    families = {family.name: family for family in text_string_to_metric_families(gitlab.metrics(document))}
    values = {
        name: {sample.labels.get("gate", ""): sample.value for sample in family.samples}
        for name, family in families.items()
    }
    assert values["clue_gate_passed"] == {"": 0}
    assert values["clue_gate_ok"]["level1.mednli.accuracy"] == 0
    assert values["clue_gate_difference"]["level1.mednli.accuracy"] == -0.1
    assert values["clue_gate_lower_bound"]["level1.mednli.empty"] == -math.inf
    assert values["clue_gate_margin"]["level1.mednli.truncated"] == 0.03
    assert "level1.mednli.unparsed" not in values["clue_gate_difference"]  # nothing was compared
    assert not any("answer_length" in gate for gate in values["clue_gate_ok"])  # a monitor is no gate


def test_every_line_is_one_that_gitlab_reads(attacked_folder):
    """A name, labels, a value: `prometheus_client` aside, whatever gates are called."""
    lines = gitlab.metrics(read(attacked_folder)).splitlines()
    assert lines[-1] == "# EOF"
    for line in lines:
        assert line.startswith("# ") or re.fullmatch(r'clue_gate_\w+(\{gate="[^"\n]+"\})? [-+0-9.eInf]+', line), line


def test_both_files_are_written_with_the_lines_of_the_thresholds_file(finished, tmp_path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[3])
    gitlab.write(tmp_path, finished.document)
    found = json.loads((tmp_path / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert (tmp_path / "metrics.txt").read_text(encoding="utf-8").endswith("# EOF\n")
    lines = Path("thresholds.toml").read_text(encoding="utf-8").splitlines()
    own = [issue for issue in found if f"[{issue['check_name']}]" in lines]
    for issue in own:
        assert lines[issue["location"]["lines"]["begin"] - 1] == f"[{issue['check_name']}]"


def test_a_pipe_in_the_thresholds_files_place_holds_nobody_up(finished, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "thresholds.toml")
    gitlab.write(tmp_path, finished.document)
    found = json.loads((tmp_path / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert {issue["location"]["lines"]["begin"] for issue in found} == {1}


def test_a_full_disk_leaves_neither_half_a_report_nor_a_part(finished, tmp_path, monkeypatch):
    def full(*given, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device; name a writable folder with --report-dir"):
        gitlab.write(tmp_path, finished.document)
    assert list(tmp_path.iterdir()) == []
