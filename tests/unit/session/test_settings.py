"""Options checked together: each mistake is one line that names the option, before anything is loaded."""

import json

import platformdirs
import pytest

from clue_lib import engines
from clue_lib.engines.scripted import Scripted
from clue_lib.errors import UserError
from clue_lib.session import settings
from clue_lib.session.options import Options

needs_transformers = pytest.mark.skipif(
    bool(engines.missing_modules(engines.BACKENDS["transformers"])), reason="needs the extra transformers"
)


@pytest.fixture
def options(root, tmp_path):
    for name in ("base", "tuned"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "script.toml").write_text("", encoding="utf-8")
    given = {
        "model": str(tmp_path / "tuned"),
        "baseline": str(tmp_path / "base"),
        "backend": "scripted",
        "thresholds": root / "thresholds.toml",
        "report_dir": "reports",
    }
    return lambda **changed: settings.from_options(Options(**given | changed))


@pytest.fixture
def recording(tmp_path):
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "about.json").write_text(json.dumps({"model": "m", "engine": {"name": "vllm"}}), encoding="utf-8")
    (folder / "generations.jsonl").touch()
    return f"replay:{folder}"


def test_what_was_given_is_what_holds(options, tmp_path):
    found = options(data_root=str(tmp_path), prompts=str(tmp_path), store="kept", seed=7, profile="release")
    assert (found.baseline.name, found.candidate.name, found.backend) == ("base", "tuned", Scripted)
    assert (found.data_root, found.prompts, str(found.store)) == (tmp_path, tmp_path, "kept")
    assert (found.seed, found.profile, found.limit, str(found.report_dir)) == (7, "release", None, "reports")


def test_what_was_left_out(options):
    found = options()
    assert (found.profile, found.limit, found.data_root, found.prompts, found.engine_args) == (
        "ci",
        None,
        None,
        None,
        {},
    )
    assert platformdirs.user_cache_path("clue-gate") in found.store.parents


def test_the_baseline_is_inferred(options):
    found = options(model="Med42-8B", baseline=None)
    assert (found.candidate.name, found.baseline.name) == ("Med42-8B", "Llama-3-8B-Instruct")


def test_aa_sets_the_baseline_against_itself(options):
    found = options(aa=True, model=None)
    assert found.is_aa
    assert found.baseline == found.candidate
    assert found.baseline.name == "base"


@pytest.mark.parametrize("baseline", [None, "Llama-3-8B-Instruct"])
def test_aa_with_a_candidate_is_refused_for_it_would_not_be_asked(options, baseline):
    with pytest.raises(UserError, match="--aa with --model=Med42-8B: --aa asks the baseline alone"):
        options(aa=True, model="Med42-8B", baseline=baseline)


def test_aa_needs_a_model_that_can_be_asked(options, recording):
    with pytest.raises(UserError, match="--aa without --baseline: name the model"):
        options(aa=True, model=None, baseline=None)
    with pytest.raises(UserError, match="recorded answers have one order"):
        options(aa=True, model=None, baseline=recording)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"model": "Med42-9B"}, "--model=Med42-9B: no such alias"),
        ({"baseline": "Med42-9B"}, "--baseline=Med42-9B: no such alias"),
        ({"baseline": None}, "--model=tuned: its base is not known; name it with --baseline=NAME"),
        ({"backend": "vlm"}, "--backend=vlm: no such backend; known: auto, "),
        ({"engine_arg": ["batch_size"]}, "--engine-arg batch_size: write it as NAME=VALUE"),
        ({"engine_arg": ["=8"]}, "--engine-arg =8: write it as NAME=VALUE"),
        ({"engine_arg": ["batch size=8"]}, "--engine-arg batch size=8: write it as NAME=VALUE"),
        ({"engine_arg": ["batch_size=8"]}, "--engine-arg batch_size=8: unknown to backend scripted; known: none"),
        ({"data_root": "/no/where"}, "--data-root=/no/where: no such folder"),
        ({"prompts": "/no/where"}, "--prompts=/no/where: no such folder"),
        ({"limit": 0}, "--limit=0: it must be at least 1 example per task"),
        ({"limit": -5}, "--limit=-5: it must be at least 1"),
        ({"wordings": 0}, "--wordings=0: it must be at least 1 wording per task"),
        ({"repeats": 0}, "--repeats=0: contexts are drawn 1 to 20 times"),
        ({"repeats": 21}, "--repeats=21: contexts are drawn 1 to 20 times"),
        ({"context": 500}, "--context=500: it must be at least 512 tokens, for instructions, question and answer"),
        ({"profile": "strict"}, "--profile=strict: no such profile; known: smoke, ci, release, point"),
        ({"profile": "strict", "limit": 5}, "--profile=strict: no such profile"),
        ({"profile": "release", "limit": 5}, "--profile=release with --limit=5: a limited run is smoke"),
        ({"profile": "ci", "limit": 5}, "--profile=ci with --limit=5: a limited run is smoke"),
        ({"profile": "point", "limit": 5}, "--profile=point with --limit=5: a limited run is smoke"),
    ],
)
def test_each_mistake_is_one_line(options, wrong, message):
    with pytest.raises(UserError) as caught:
        options(**wrong)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_missing_thresholds_file(options, tmp_path):
    with pytest.raises(UserError, match="name an existing file with --thresholds"):
        options(thresholds=tmp_path / "none.toml")


@pytest.mark.parametrize("profile", [None, "smoke"])
def test_a_limited_run_is_smoke(options, profile):
    found = options(limit=5, profile=profile)
    assert (found.limit, found.profile) == (5, "smoke")


@pytest.mark.parametrize("profile", ["smoke", "ci", "release", "point"])
def test_every_profile_can_be_chosen(options, profile):
    assert options(profile=profile).profile == profile


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ("batch_size=8", "batch_size", 8),
        ("dtype=bfloat16", "dtype", "bfloat16"),
        ("dtype=0.5", "dtype", 0.5),
        ("dtype=1e3", "dtype", 1000.0),
        ("dtype=true", "dtype", True),
        ("dtype=false", "dtype", False),
        ("dtype=True", "dtype", "True"),
        ("dtype=null", "dtype", "null"),
        ("dtype=[1]", "dtype", "[1]"),
        ("dtype=", "dtype", ""),
        ("dtype=a=b", "dtype", "a=b"),
    ],
)
def test_engine_arguments_are_numbers_booleans_or_text(given, name, value):
    args = settings.read_engine_args([given])
    assert args == {name: value}
    assert type(args[name]) is type(value)


@needs_transformers
def test_engine_arguments_add_up_and_the_last_one_counts(options):
    given = ["batch_size=8", "dtype=float32", "batch_size=4"]
    assert options(backend="transformers", engine_arg=given).engine_args == {"batch_size": 4, "dtype": "float32"}


@needs_transformers
@pytest.mark.parametrize("value", ["0", "-1", "2.5", "many", "true", ""])
def test_a_batch_size_that_is_no_count(options, value):
    with pytest.raises(UserError, match="it must be a whole number of at least 1"):
        options(backend="transformers", engine_arg=[f"batch_size={value}"])


def test_two_recordings_need_no_engine(options, recording):
    assert options(model=recording, baseline=recording, backend="auto").backend is engines.BACKENDS["replay"]


def test_one_recording_leaves_the_other_its_engine(options, recording):
    assert options(model=recording).backend is Scripted
