"""`export-prompts`: what is asked, in both forms, and nothing of private data outside its folder."""

import json

import pytest

from clue_lib.runs import PromptSettings, plan_task
from clue_lib.tasks import TASKS


def exported(run, path, *options):
    code, out, error = run("export-prompts", f"--out={path}", *options)
    assert (code, error) == (0, "")
    return out, [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_holds_what_is_asked_and_is_named_by_its_digest(run, tmp_path):
    out, lines = exported(run, tmp_path / "p.jsonl", "--task=meqsum", "--limit=3")
    assert out == f"3 prompts of 1 tasks in {tmp_path / 'p.jsonl'}\n"
    planned = plan_task(TASKS["meqsum"], PromptSettings(limit=3))
    assert [line["id"] for line in lines] == [
        f"{example.id}@{request.key[:16]}" for example, request in zip(planned.examples, planned.requests, strict=True)
    ]
    (first, asked) = lines[0], planned.requests[0]
    assert [turn["content"] for turn in first["messages"]] == [message.content for message in asked.messages]
    assert (first["task"], first["target"]) == ("meqsum", planned.examples[0].gold)
    # docs/tasks.md: 128 tokens, greedily
    assert (first["max_new_tokens"], first["temperature"], first["top_p"]) == (128, 0.0, 1.0)
    assert first["prompt"].endswith(f"{asked.messages[-1].content}\n\n")


def test_a_batch_asks_a_server_and_tells_no_gold(run, tmp_path):
    _, lines = exported(
        run, tmp_path / "p.jsonl", "--task=meqsum", "--limit=3", "--format=openai-batch", "--served-model=mine"
    )
    planned = plan_task(TASKS["meqsum"], PromptSettings(limit=3))
    first, key = lines[0], planned.requests[0].key
    assert set(first) == {"custom_id", "method", "url", "body"}
    assert first["custom_id"] == f"meqsum/{planned.examples[0].id}@{key[:16]}"
    assert (first["method"], first["url"]) == ("POST", "/v1/chat/completions")
    body = {name: value for name, value in first["body"].items() if name != "messages"}
    assert body == {"model": "mine", "max_tokens": 128, "temperature": 0.0, "top_p": 1.0, "seed": 0}
    gold = planned.examples[0].gold
    assert not any(gold in turn["content"] for turn in first["body"]["messages"])


def test_names_are_unique_over_all_tasks_and_drawings(run, tmp_path):
    tasks = ("mednli", "meqsum", "longhealth_1")
    _, lines = exported(run, tmp_path / "p.jsonl", *(f"--task={task}" for task in tasks), "--profile=release")
    assert len({line["id"] for line in lines}) == len(lines) > 100
    assert {line["task"] for line in lines} == set(tasks)


@pytest.mark.parametrize("format", ["jsonl", "openai-batch"])
def test_prompts_of_private_data_stay_beside_it(run, tmp_path, format):
    rows = [
        {"pairID": str(n), "gold_label": "neutral", "sentence1": f"ZQXCANARY{n // 3}", "sentence2": f"s{n}"}
        for n in range(30)
    ]
    data = tmp_path / "data"
    data.mkdir()
    (data / "mli_test_v1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = ("--task=mednli", f"--data-root={data}", f"--format={format}")
    for place in (tmp_path / "p.jsonl", data / "p.jsonl", data / ".clue-gate" / ".." / "p.jsonl"):
        code, out, error = run("export-prompts", f"--out={place}", *options)
        assert (code, out) == (4, "")
        assert "prompts of mednli quote credentialed data and must stay beside it" in error
        assert "ZQX" not in error
        assert not place.exists()
    beside = data / ".clue-gate" / "prompts.jsonl"
    exported(run, beside, *options)
    assert "ZQXCANARY" in beside.read_text()
    assert beside.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--task=meqsun", "did you mean meqsum?"),
        ("--limit=0", "at least 1"),
        ("--data-root=/no", "no such folder"),
    ],
)
def test_a_wrong_option_is_one_line(run, tmp_path, option, told):
    code, _, error = run("export-prompts", f"--out={tmp_path / 'p'}", option)
    assert code == 4
    assert told in error
    assert len(error.splitlines()) == 1
