"""gate.json as every test of a whole run reads it: no run may leave one that its schema does not allow."""

import functools
import json
from pathlib import Path

import jsonschema

from clue_lib.report import gate_json, read


@functools.cache
def schema() -> jsonschema.Draft202012Validator:
    """What every gate.json has to be valid by."""
    text = Path(gate_json.__file__).with_name("gate.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def valid(path: Path) -> dict:
    """A run's gate.json: JSON without NaN and infinities, valid by its schema, read back whole."""
    report = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    schema().validate(report)
    assert json.loads(gate_json.render(read(path))) == report
    return report


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")
