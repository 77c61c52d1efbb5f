"""The thresholds file: the project's own is whole, and each mistake is one line that names file and table."""

import functools
import tomllib

import pytest

from clue_lib import digests
from clue_lib.errors import ThresholdsError
from clue_lib.judging import thresholds
from clue_lib.judging.gates import WHOLE_RUN
from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS

ACCURACY = "[level1.mednli.accuracy]\nmargin = 0.03"
POLICY = "[policy]\nconfidence = 0.95\npower = 0.8\nmin_clusters = 10\nmin_net_examples = 3\n\n"
ROLE = {name: "role = 'monitor'\n" if metric.is_monitored else "" for name, metric in METRICS.items()}
GATES = [
    f"[{task.gate_id(name)}]\nmargin = 0.03\nreason = 'x'\n{ROLE[name]}\n"
    for task in TASKS.values()
    for name in task.metrics
]
RUN = "".join(f"[{group}.{n}]\nmargin = 0.03\nreason = 'x'\n\n" for group, names in WHOLE_RUN.items() for n in names)
WHOLE = POLICY + "".join(GATES) + RUN
WAIVER = "[[waiver]]\nmetric = 'level1.mednli.accuracy'\nowner = 'Ada'\nreason = 'known'\nexpires = 2999-12-31\n"


@pytest.fixture
def write(tmp_path):
    path = tmp_path / "gates.toml"

    def save(text):
        path.write_text(text, encoding="utf-8")
        return path

    return save


def swapped(old, new):
    assert WHOLE.count(old) == 1, old
    return WHOLE.replace(old, new)


def mistake(path):
    with pytest.raises(ThresholdsError) as caught:
        thresholds.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message.removeprefix(str(path))


def test_the_projects_own_file_gates_every_metric_of_every_task(root):
    read = thresholds.load(root / "thresholds.toml")
    of_tasks = {task.gate_id(m) for task in TASKS.values() for m in task.metrics}
    of_run = {f"{group}.{name}" for group, names in WHOLE_RUN.items() for name in names}
    assert {gate.id for gate in read.gates} == of_tasks | of_run
    assert len({gate.id for gate in read.gates}) == len(read.gates)
    assert all(0 < gate.margin <= 0.1 for gate in read.gates if gate.task != "pooled")
    assert {gate.role for gate in read.gates if gate.task in ("averages", "families")} == {"primary"}
    assert not read.waivers


def test_every_clue_metric_gates_in_the_projects_own_file(root):
    roles = {gate.id: gate.role for gate in thresholds.load(root / "thresholds.toml").gates}
    assert {roles[task.gate_id(m)] for task in TASKS.values() for m in task.clue_metrics if task.name != "mcq"} == {
        "gate"
    }
    assert {gate.role for gate in thresholds.load(root / "thresholds.toml").for_task("mcq")} == {"monitor"}


def test_gates_hold_what_their_tables_say(root):
    path = root / "thresholds.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    read = thresholds.load(path)
    for gate in read.gates:
        table = functools.reduce(dict.__getitem__, gate.table.split("."), tables)
        assert gate.table in (gate.id, f"all.{gate.metric}")
        assert gate.id.endswith(f"{gate.task}.{gate.metric}")
        assert gate.file == str(path)
        role = "monitor" if gate.task == "mcq" else table.get("role", "gate")
        assert (gate.margin, gate.reason, gate.role) == (table["margin"], table["reason"], role)
    assert {name: getattr(read.policy, name) for name in tables["policy"]} == tables["policy"]


def test_a_tasks_own_table_goes_before_that_of_all(write):
    read = thresholds.load(write(f"{WHOLE}[all.accuracy]\nmargin = 0.5\nreason = 'y'\n"))
    assert read.for_task("mednli")[0].margin == 0.03
    without = swapped(f"{ACCURACY}\nreason = 'x'\n", "[all.accuracy]\nmargin = 0.5\nreason = 'y'\n")
    gate = thresholds.load(write(without)).for_task("mednli")[0]
    assert (gate.id, gate.table, gate.margin) == ("level1.mednli.accuracy", "all.accuracy", 0.5)


def test_gates_come_in_the_order_of_tasks_and_metrics_whatever_the_files(write):
    gates = thresholds.load(write(POLICY + RUN + "".join(reversed(GATES)))).gates
    ids = [task.gate_id(metric) for task in TASKS.values() for metric in task.metrics]
    assert [gate.id for gate in gates][: len(ids)] == ids


def test_a_floor_and_a_ceiling_can_be_set(write):
    gate = thresholds.load(write(swapped(ACCURACY, f"{ACCURACY}\nfloor = 0.6\nceiling = 1"))).gates[0]
    assert (gate.floor, gate.ceiling) == (0.6, 1.0)
    assert "floor = 60.0; it is a share" in mistake(write(swapped(ACCURACY, f"{ACCURACY}\nfloor = 60")))
    crossed = mistake(write(swapped(ACCURACY, f"{ACCURACY}\nfloor = 0.9\nceiling = 0.1")))
    assert "floor = 0.9 is above ceiling = 0.1" in crossed


def test_the_pooled_test_has_no_value_that_could_have_a_floor(write):
    table = "[pooled.any_degradation]"
    assert "[pooled.any_degradation]: ceiling: the pooled test has no value" in mistake(
        write(swapped(table, f"{table}\nceiling = 0.1"))
    )


def test_a_waiver_names_gate_owner_reason_and_last_day(write):
    (waiver,) = thresholds.load(write(WHOLE + WAIVER)).waivers
    assert (waiver.gate, waiver.owner, waiver.reason) == ("level1.mednli.accuracy", "Ada", "known")
    assert waiver.expires == "2999-12-31"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("2999-12-31", "2020-01-31", "expired on 2020-01-31; remove it, or renew it with Ada's word"),
        ("2999-12-31", "'2999-12-31x'", "$.expires"),
        ("'level1.mednli.accuracy'", "'level1.mednli.acuracy'", "did you mean level1.mednli.accuracy?"),
        ("owner = 'Ada'\n", "", "owner"),
        ("'known'", "' '", "owner or reason is empty"),
        ("'level1.mednli.accuracy'", "'monitored.mcq.accuracy'", "is only monitored and fails no run"),
        ("[[waiver]]", "[waiver]", "write each waiver as a table of its own"),
        ("owner", "ownr = 1\nowner", "ownr"),
    ],
)
def test_mistakes_in_a_waiver(write, old, new, named):
    message = mistake(write(WHOLE + WAIVER.replace(old, new)))
    assert message.startswith(" [waiver")
    assert named in message


def test_the_digest_follows_the_content(write):
    before = thresholds.load(write(WHOLE)).digest
    path = write(swapped(ACCURACY, ACCURACY + "1"))
    assert thresholds.load(path).digest == digests.of_file(path) != before


def test_a_role_can_be_set(write):
    read = thresholds.load(write(swapped(ACCURACY, f'{ACCURACY}\nrole = "monitor"')))
    assert {gate.metric: gate.role for gate in read.for_task("mednli")}["accuracy"] == "monitor"


@pytest.mark.parametrize("margin", ["0", "1", "0.0", "1.0"])
def test_the_ends_of_the_margins_range_are_in_it(write, margin):
    read = thresholds.load(write(swapped(ACCURACY, f"[level1.mednli.accuracy]\nmargin = {margin}")))
    assert read.for_task("mednli")[0].margin == float(margin)


def test_a_missing_file(tmp_path):
    assert "name an existing file with --thresholds" in mistake(tmp_path / "gates.toml")
    assert "name an existing file with --thresholds" in mistake(tmp_path)


@pytest.mark.parametrize("content", [b"[policy", b"a = 1\na = 2\n", b'a = "\xff"\n', b"a = '''\nx\n"])
def test_bad_toml(tmp_path, content):
    path = tmp_path / "gates.toml"
    path.write_bytes(content)
    assert len(mistake(path)) > len(": ")


def test_no_policy(write):
    message = mistake(write(""))
    assert "[policy]" in message
    assert "confidence, power, min_clusters, min_net_examples" in message


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("confidence = 0.95", "confidense = 0.95", "confidense"),
        ("confidence = 0.95", "confidence = 0.95\nalpha = 0.05", "alpha"),
        ("confidence = 0.95", "", "confidence"),
        ("confidence = 0.95", "confidence = 0.5", "confidence = 0.5; it must lie between"),
        ("confidence = 0.95", "confidence = 95", "confidence = 95"),
        ("confidence = 0.95", "confidence = nan", "confidence = nan"),
        ("confidence = 0.95", 'confidence = "high"', "$.confidence"),
        ("confidence = 0.95", "confidence = true", "$.confidence"),
        ("power = 0.8", "power = 1.0", "power = 1.0; it must lie between"),
        ("min_clusters = 10", "min_clusters = 0", "min_clusters = 0; it must be at least 1"),
        ("min_clusters = 10", "min_clusters = 2.5", "$.min_clusters"),
        ("min_net_examples = 3", "min_net_examples = -1", "min_net_examples = -1; it must be at least 1"),
    ],
)
def test_mistakes_in_the_policy(write, old, new, named):
    message = mistake(write(swapped(old, new)))
    assert message.startswith(" [policy]: ")
    assert named in message


def test_a_policy_that_is_no_table(write):
    assert mistake(write("policy = 3\n" + "".join(GATES))).startswith(" [policy]: ")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("margin = -0.01\nreason = 'x'", "margin = -0.01; it is a share and must lie between 0 and 1"),
        ("margin = 1.01\nreason = 'x'", "margin = 1.01"),
        ("margin = 3\nreason = 'x'", "margin = 3"),
        ("margin = nan\nreason = 'x'", "margin = nan"),
        ("margin = inf\nreason = 'x'", "margin = inf"),
        ("margin = '0.03'\nreason = 'x'", "$.margin"),
        ("margin = true\nreason = 'x'", "$.margin"),
        ("reason = 'x'", "margin"),
        ("margin = 0.03", "reason"),
        ("margin = 0.03\nreason = ' '", "reason is empty; say why"),
        ("margin = 0.03\nreason = 3", "$.reason"),
        ("margin = 0.03\nreason = 'x'\nmargn = 0.02", "margn"),
        ("margin = 0.03\nreason = 'x'\nrole = 'off'", "$.role"),
        ("margin = 0.03\nreason = 'x'\n[level1.mednli.accuracy.more]\na = 1", "more"),
    ],
)
def test_mistakes_in_a_gates_table(write, body, named):
    message = mistake(write(swapped(f"{ACCURACY}\nreason = 'x'", f"[level1.mednli.accuracy]\n{body}")))
    assert message.startswith(" [level1.mednli.accuracy]: ")
    assert named in message


@pytest.mark.parametrize(
    ("header", "table", "named"),
    [
        ("[levle1.mednli.accuracy]", "levle1", "unknown table 'levle1'; did you mean level1?"),
        ("[other.mednli.accuracy]", "other", "unknown table 'other'; known: "),
        ("[level1.mednly.accuracy]", "level1.mednly", "unknown task 'mednly'; did you mean mednli?"),
        ("[level1.mednli.acuracy]", "level1.mednli.acuracy", "unknown metric 'acuracy'; did you mean accuracy?"),
        ("[level1.mednli.f1]", "level1.mednli.f1", "unknown metric 'f1'; known: accuracy, "),
        ("[level1.meqsum.accuracy]", "level1.meqsum.accuracy", "unknown metric 'accuracy'"),
    ],
)
def test_unknown_names_are_suggested_or_listed(write, header, table, named):
    message = mistake(write(f"{WHOLE}{header}\nmargin = 0.1\nreason = 'x'\n"))
    assert message.startswith(f" [{table}]: ")
    assert named in message


@pytest.mark.parametrize(
    ("text", "table"),
    [("level1 = 3", "level1"), ("[level1]\nmednli = 3", "level1.mednli"), ("[level1.mednli]\nempty = 0.1", "")],
)
def test_a_value_where_a_table_is_needed(write, text, table):
    message = mistake(write(f"{text}\n{POLICY}"))
    assert message.startswith(f" [{table or 'level1.mednli.empty'}]: ")


def test_a_metric_without_a_table(write):
    message = mistake(write(swapped("[level1.meqsum.rouge2]\nmargin = 0.03\nreason = 'x'\n", "")))
    either = "[level1.meqsum.rouge2] or [all.rouge2]"
    assert message == f': no table {either}; add one, with role = "monitor" if it shall not gate'
    message = mistake(write(swapped("[averages.level1]\nmargin = 0.03\nreason = 'x'\n", "")))
    assert message.startswith(": no table [averages.level1]; add one")
