"""`python -m clue_lib plan`: costs and chances of the bundled data, stored answers used, nothing loaded."""

import dataclasses
import json

import pytest

from clue_lib.forecast import Sample, assumed_spreads, at_release
from clue_lib.session import settings
from clue_lib.session.options import Options
from clue_lib.session.runner import GateRun


@pytest.fixture
def model(tmp_path):
    def make(name, answer):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "script.toml").write_text(f"default = {json.dumps(answer)}\n", encoding="utf-8")
        return folder

    return make


@pytest.fixture
def plan(run, root, tmp_path):
    def call(candidate, baseline, *options):
        named = ("--model", candidate, "--baseline", baseline, "--backend=scripted", f"--store={tmp_path / 'store'}")
        return run("plan", *named, "--thresholds", root / "thresholds.toml", "--limit=10", *options)

    return call


def test_it_prints_every_part_and_loads_nothing(plan, model):
    base, tuned = model("base", "A"), model("tuned", "B")
    code, out, err = plan(tuned, base)
    assert (code, err) == (0, "")
    assert out.startswith("tuned against base, profile smoke: nothing was loaded\n")
    assert max(map(len, out.splitlines())) <= 100
    assert not (base / "starts.log").exists()
    (mednli,) = (line.split() for line in out.splitlines() if line.startswith("mednli "))
    assert mednli[2:3] + mednli[-3:] == ["10", "200", "to", "generate"]  # 10 answers of 20 tokens at most
    for part in ("averages.level2", "families.hallucination", "cpu", "gpu", "release", "point", "SmolLM2 BPE"):
        assert part in out, part
    assert out.splitlines()[-1].startswith("To change: ")


@pytest.mark.parametrize("empty", ["model", "baseline"])
def test_an_empty_model_is_one_line(plan, model, empty):
    names = {"model": model("tuned", "B"), "baseline": model("base", "A"), empty: ""}
    code, out, err = plan(names["model"], names["baseline"])
    assert (code, out) == (4, "")
    assert err == f"error: --{empty}=: empty, as an unset variable leaves it; name a model's folder, alias or id\n"


def test_release_names_the_data_that_it_needs(run, model, root):
    base = model("base", "A")
    named = ("--model", base, "--baseline", base, "--backend=scripted", "--thresholds", root / "thresholds.toml")
    _, out, _ = run("plan", *named, "--profile=release")
    assert "To change: give real data of mednli, meqsum, " in out
    assert "never: it demands every gate judged, on real data" in out
    assert "96 × " not in out  # bundled data certifies nothing: it is drawn from once


def test_contexts_are_drawn_as_often_and_as_long_as_asked(run, model, root):
    base = model("base", "A")
    named = ("--model", base, "--baseline", base, "--backend=scripted", "--thresholds", root / "thresholds.toml")
    _, once, _ = run("plan", *named)
    _, out, _ = run("plan", *named, "--repeats=2", "--context=1200")
    assert "96 × 2" in out
    assert "96 × " not in once


def test_releases_chance_is_of_the_contexts_that_release_draws():
    """The more a context is drawn, the less its drawing adds to the error; of stored answers none are redrawn."""
    samples = {name: Sample(task=name, tier="public", sizes=(20,) * 20) for name in ("longhealth_2", "medisumqa")}
    spreads = {key: value for one in samples.values() for key, value in assumed_spreads(one).items()}
    stored = {key: dataclasses.replace(value, is_stored=True) for key, value in spreads.items()}
    drawn, redrawn = at_release(samples, stored)
    assert {name: one.n_repeats for name, one in drawn.items()} == {"longhealth_2": 5, "medisumqa": 1}
    key = "longhealth_2", "accuracy"
    assert redrawn[key].standard_error < spreads[key].standard_error
    assert not redrawn[key].is_stored
    assert redrawn["medisumqa", "rouge1"] == stored["medisumqa", "rouge1"]
    assert at_release(drawn, redrawn) == (drawn, redrawn)


def test_a_rate_replaces_the_assumed_ones(plan, model):
    _, out, _ = plan(model("tuned", "B"), model("base", "A"), "--tokens-per-second=1000000")
    assert "engine time at most 1 min at 1,000,000 tokens a second" in out
    assert "gpu" not in out


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ("--tokens-per-second=0", "it must be a number above 0"),
        ("--tokens-per-second=nan", "it must be a number above 0"),
        ("--data-root=/no/such", "no such folder"),
        ("--profile=release", "a limited run is smoke"),
    ],
)
def test_mistakes_are_one_line(plan, model, option, what):
    code, out, err = plan(model("tuned", "B"), model("base", "A"), option)
    assert (code, out) == (4, "")
    assert what in err
    assert len(err.splitlines()) == 1


def test_stored_answers_give_their_own_variance(plan, model, root, tmp_path):
    base, tuned = model("base", "neutral"), model("tuned", "entailment")
    given = Options(
        model=str(tuned),
        baseline=str(base),
        backend="scripted",
        limit=10,
        report_dir=str(tmp_path),
        store=str(tmp_path / "store"),
        thresholds=root / "thresholds.toml",
    )
    run = GateRun(settings.from_options(given), [], tasks=["mednli"], tell=lambda step: None)
    _ = run.pairs
    _, out, _ = plan(tuned, base)
    lines = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert lines["mednli"][-1] == "stored"
    assert lines["level1.mednli.accuracy"][-1] == "stored"
    assert lines["level1.meqsum.rouge1"][-1] == lines["averages.level1"][-1] == "assumed"


def test_it_says_how_both_are_asked_and_counts_their_thoughts(plan, model):
    pair = model("tuned", "B"), model("base", "A")
    for folder in pair:
        (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages }}<think>"}))
    _, thinking, _ = plan(*pair, "--thinking-budget=100")
    assert "\nprompts: room for thoughts of up to 100 tokens beside each answer, for both models\n" in thinking
    _, off, _ = plan(*pair, "--template=plain")
    assert "prompts: plain text without a chat template, answers end at a blank line, for both models" in off
    # MedNLI asks for 20 tokens an answer, of ten examples.
    rows = [next(line.split() for line in out.splitlines() if line.startswith("mednli")) for out in (thinking, off)]
    assert [row[-3] for row in rows] == ["1,200", "200"]


def test_with_a_limit_it_says_what_stored_scores_will_add(run, model, root, tmp_path):
    base, earlier, tuned = model("base", "A"), model("earlier", "B"), model("tuned", "C")
    store, thresholds = str(tmp_path / "store"), root / "thresholds.toml"
    given = Options(
        model=str(earlier),
        baseline=str(base),
        backend="scripted",
        report_dir=str(tmp_path),
        store=store,
        thresholds=thresholds,
    )
    _ = GateRun(settings.from_options(given), [], tasks=["nejm"], tell=lambda step: None).pairs
    options = ("--model", tuned, "--baseline", base, "--backend=scripted", f"--store={store}", "--limit=20")
    code, out, _ = run("plan", *options, "--thresholds", thresholds)
    assert code == 0
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    (line,) = (line for line in out.splitlines() if line.startswith("MDE assisted by stored scores, to look at: "))
    assert line.split()[-2] == "nejm.accuracy"
    assert float(line.split()[-1]) < float(rows["case_challenges.nejm.accuracy"][3])
