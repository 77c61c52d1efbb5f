"""The record of Every Eval Ever, by the schema that its package carries."""

import importlib.util
import json
import math
from pathlib import Path

import jsonschema
import pytest
from skips import needs

from clue_lib.publishing import every_eval_ever
from clue_lib.report import of_run, read

AT = 1_790_000_000


def record(document):
    text = every_eval_ever.render(document, organization="Ours", relationship="first_party", at=AT)
    return json.loads(text)


@pytest.fixture(scope="module")
def schema():
    """The package itself, made for a later Python, is not imported."""
    folder = Path(importlib.util.find_spec("every_eval_ever").origin).parent
    return json.loads((folder / "schemas" / "eval.schema.json").read_text(encoding="utf-8"))


@needs("every_eval_ever", "every-eval-ever, which `make install` installs")
def test_every_record_is_one_of_the_schema(schema, finished, attacked_folder, info, judged):
    assert schema["version"] == every_eval_ever.SCHEMA_VERSION
    unbounded = judged(figures={"lower": -math.inf})
    for document in (finished.document, read(attacked_folder), of_run(info(), [unbounded])):
        written = record(document)
        jsonschema.validate(written, schema)
        assert written["evaluation_results"]


def test_the_record_names_the_model_the_data_and_the_score(info, judged):
    figures = {"baseline": 0.8, "candidate": 0.7, "delta": -0.1}
    written = record(of_run(info(), [judged(figures=figures), judged("HELD", metric="empty", ok=True)]))
    (result,) = written["evaluation_results"]  # failure modes are no main metrics
    assert result["evaluation_result_id"] == "level1.mednli.accuracy"
    assert result["score_details"]["score"] == 0.7
    assert (
        result["score_details"]["details"] | {"baseline": "0.8", "difference": "-0.1", "outcome": "REGRESSED"}
        == (result["score_details"]["details"])
    )
    assert result["metric_config"]["lower_is_better"] is False
    assert result["source_data"]["additional_details"]["tier"] == "credentialed"
    assert written["model_info"]["id"] == "JSL-MedLlama-3-8B-v2.0"  # an adapter's weights are its base's
    assert written["evaluation_id"] == f"clue-gate/JSL-MedLlama-3-8B-v2.0/{AT}"
    assert written["source_metadata"]["evaluator_relationship"] == "first_party"


def test_a_model_of_the_hub_goes_by_its_name_there(finished):
    model = record(finished.document)["model_info"]
    assert model["id"] == "aaditya/Llama3-OpenBioLLM-8B"
    assert model["additional_details"]["model_availability"] == "open_weights"


def test_hostile_names_are_one_line_each(attacked_folder):
    model = record(read(attacked_folder))["model_info"]
    assert "onerror=alert(1)" in model["name"]
    assert "\x1b" not in model["name"]
    assert "\n" not in model["name"]
