"""Answers of other programs through the whole gate: judged like any others, refused where nothing can be compared."""

import json

import pytest


@pytest.fixture
def exported(tmp_path):
    """The prompts of MeQSum's bundled examples, as `export-prompts` writes them."""
    from clue_lib import __main__

    path = tmp_path / "prompts.jsonl"
    assert __main__.main(["export-prompts", "--task=meqsum", f"--out={path}"]) == 0
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def answered(tmp_path, exported):
    """Writes a file of answers to them: `answer` makes a text of the line, `more` are further fields."""

    def write(name, answer, **more):
        path = tmp_path / f"{name}.jsonl"
        lines = [{"task": line["task"], "id": line["id"], "text": answer(line), **more} for line in exported]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    return write


def worse(line):
    return "Is it so?" if line["id"] < "bundled-meq-2" else line["target"]


MEQSUM = "tests/level1/test_meqsum.py"


def test_imported_answers_are_judged_like_those_of_an_engine(run_gate, answered, scripted, tmp_path):
    by_import = [answered(name, answer, finish_reason="stop") for name, answer in (("w", worse), ("r", right))]
    one = run_gate(f"--model=import:{by_import[0]}", f"--baseline=import:{by_import[1]}", MEQSUM).report
    ids = {line["id"].rpartition("@")[0] for line in read(by_import[0]) if line["text"] == "Is it so?"}
    assert ids

    def answer(task, example, ideal):
        return ("Is it so?" if example.id in ids else ideal), "stop"

    engine = [scripted("w2", answer), scripted("r2", lambda task, example, ideal: (ideal, "stop"))]
    other = run_gate(f"--model={engine[0]}", f"--baseline={engine[1]}", "--backend=scripted", MEQSUM).report
    figures = [
        [(gate["id"], gate["outcome"], gate["baseline"], gate["candidate"], gate["lower"]) for gate in report["gates"]]
        for report in (one, other)
    ]
    assert figures[0] == figures[1]
    assert "JSON Lines" in str(one)


def right(line):
    return line["target"]


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_one_side_alone_tells_keeps_them_from_being_compared(run_gate, answered):
    candidate, baseline = answered("w", worse, finish_reason="stop"), answered("r", right)
    done = run_gate(f"--model=import:{candidate}", f"--baseline=import:{baseline}", MEQSUM)
    assert done.code == 4
    said = " ".join(done.text.split())
    assert "it does not say which answers were cut off" in said
    assert "was recorded under another engine than the other side's" in said


def test_what_no_source_tells_is_not_run_and_the_rest_is_judged(run_gate, answered):
    candidate, baseline = answered("w", worse), answered("r", right)
    done = run_gate(f"--model=import:{candidate}", f"--baseline=import:{baseline}", MEQSUM)
    gates = {gate["id"]: gate for gate in done.report["gates"]}
    of_ends = [gates[f"level1.meqsum.{metric}"] for metric in ("truncated", "unfinished_thought")]
    assert {gate["outcome"] for gate in of_ends} == {"NOT RUN"}
    assert of_ends[0]["reason"] == "meqsum: truncated needs to know why answers ended, which is not told"
    assert gates["level1.meqsum.empty"]["outcome"] not in {"NOT RUN", "ERROR"}


def test_an_engine_on_the_other_side_is_refused(run_gate, answered, oracle):
    done = run_gate(f"--model=import:{answered('w', worse)}", f"--baseline={oracle}", "--backend=scripted", MEQSUM)
    assert done.code == 4
    assert "was recorded under another engine than the other side's" in " ".join(done.text.split())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("none.jsonl", "no such file or folder; check the path"),
        (".", "no file of answers (.jsonl, .eval) in that folder"),
    ],
)
def test_a_file_that_is_not_there_is_one_line(run_gate, tmp_path, given, told):
    (tmp_path / "empty").mkdir()
    path = tmp_path / "empty" / given
    done = run_gate(f"--model=import:{path}", f"--baseline=import:{path}", MEQSUM)
    assert done.code == 4
    assert told in " ".join(done.text.split())
