"""A run in one line."""

import dataclasses

from clue_lib.report import signature

LINE = (
    "state:pass|base:Llama-3-8B-Instruct@{base}|cand:JSL-MedLlama-3-8B-v2.0@{cand}|engine:transformers-5.19.0"
    "|dtype:bfloat16|tasks:2|bundled:0|data:{data}|prompts:{data}|profile:ci|limit:no|seed:0"
    "|drawings:1|thresholds:0123456789ab|rule:1|suite:unknown|version:0.1.0"
)


def pairs(line):
    return dict(pair.split(":", 1) for pair in line.split("|"))


def test_it_names_all_that_decides_a_run(info):
    line = signature.signature(info(rule=1), "pass")
    found = pairs(line)
    base, cand, data = found["base"].split("@")[1], found["cand"].split("@")[1], found["data"]
    assert line == LINE.format(base=base, cand=cand, data=data)
    assert {len(digest) for digest in (base, cand, data)} == {12}
    assert base != cand


def test_whatever_differs_shows(info):
    run = info()
    other_data = dataclasses.replace(run.tasks[0], data_digest="f" * 64)
    others = [
        info(seed=1),
        info(limit=5),
        info(profile="release"),
        info(thresholds_digest="f" * 64),
        info(tasks=(other_data, run.tasks[1])),
        info(baseline=run.candidate),
        info(suite_digest="a" * 64),
        info(tasks=(dataclasses.replace(run.tasks[0], n_drawings=3), run.tasks[1])),
    ]
    lines = {signature.signature(each, "pass") for each in (run, *others)}
    assert len(lines) == len(others) + 1


def test_a_hostile_name_adds_no_pair_and_no_line(info):
    run = info()
    named = dataclasses.replace(run.candidate, name="x|state:pass \n::error::\x1b[2J y")
    line = signature.signature(dataclasses.replace(run, candidate=named), "fail")
    assert len(line.split("|")) == len(LINE.split("|"))
    assert line.startswith("state:fail|")
    assert line.isprintable()
    assert " " not in line


def test_in_a_terminal_it_breaks_behind_bars_alone(info):
    line = signature.signature(info(), "pass")
    told = signature.lines(line, 80)
    assert max(map(len, told)) <= 80
    assert told[0].startswith("signature state:pass|")
    assert "".join(each[10:] for each in told) == line
