"""Answers of other programs, as they write them: what is read, and how damaged and hostile files are refused."""

import contextlib
import json
import zipfile

import foreign_logs as logs
import pytest

from clue_lib import files
from clue_lib.engines import imported
from clue_lib.engines.imported.values import Turn
from clue_lib.errors import ModelError

ASKED = [{"role": "user", "content": "What is asked?"}]


def one(path):
    (given,) = imported.read(path).answers
    return given


def lines(path, *objects):
    path.write_text("".join(each if isinstance(each, str) else json.dumps(each) for each in objects) + "\n")
    return path


def refusal(path):
    with pytest.raises(ModelError) as caught:
        imported.read(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message


def test_a_plain_line_tells_text_end_and_gold(tmp_path):
    line = {"task": "meqsum", "id": 7, "text": "An answer.", "finish_reason": "length", "gold": "A gold."}
    given = one(lines(tmp_path / "a.jsonl", line))
    assert (given.task, given.id, given.text, given.gold) == ("meqsum", "7", "An answer.", "A gold.")
    assert (given.finish_reason, given.asked) == ("length", None)


def test_what_a_plain_line_does_not_tell_is_unknown(tmp_path):
    source = imported.read(lines(tmp_path / "a.jsonl", {"task": "meqsum", "id": "1", "text": ""}))
    assert source.answers[0].finish_reason is None
    engine = source.facts.fingerprint(prompts="of this run", tells_ends=False)
    assert engine.args == "sampling unknown; ends unknown; prompts of this run"
    assert (engine.name, engine.version) == ("JSON Lines", "unknown")


def test_a_line_of_openais_batch_is_read(tmp_path):
    body = {
        "choices": [{"message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3},
    }
    line = {"id": "batch_1", "custom_id": "meqsum/7@0123456789abcdef", "response": {"status_code": 200, "body": body}}
    given = one(lines(tmp_path / "a.jsonl", line))
    assert (given.task, given.id, given.text) == ("meqsum", "7@0123456789abcdef", "Yes.")
    assert (given.finish_reason, given.n_prompt_tokens, given.n_new_tokens) == ("stop", 12, 3)


@pytest.mark.parametrize("response", [None, {"status_code": 500, "body": None}, {"status_code": 200, "body": {}}])
def test_a_request_of_a_batch_that_failed_is_named(tmp_path, response):
    path = lines(tmp_path / "a.jsonl", {"custom_id": "meqsum/7", "response": response})
    assert f"{path}:1: its request was not answered" in refusal(path)


def test_a_sample_of_lm_eval_is_read_by_its_raw_answer(tmp_path):
    path = tmp_path / "samples_meqsum_2026-11-27T10-00-00.000000.jsonl"
    given = one(lines(path, logs.lm_eval_line(0, "7", " Yes.\n", "Yes?", "What is asked?", filtered_resps=["Yes."])))
    assert (given.task, given.id, given.text, given.gold) == ("meqsum", "7", " Yes.\n", "Yes?")
    assert (given.asked, given.finish_reason) == ("What is asked?", None)


@pytest.mark.parametrize("write", [json.dumps, lambda turns: [json.dumps(turns)], lambda turns: turns])
def test_a_chat_of_lm_eval_is_read_by_turns(tmp_path, write):
    turns = [{"role": "system", "content": "Be brief."}, *ASKED]
    arguments = {"gen_args_0": {"arg_0": write(turns), "arg_1": {}}}
    line = logs.lm_eval_line(0, "7", "Yes.", "Yes?", json.dumps(turns), arguments=arguments)
    asked = (Turn(role="system", content="Be brief."), Turn(role="user", content="What is asked?"))
    assert one(lines(tmp_path / "a.jsonl", line)).asked == asked


def test_lm_evals_second_filter_is_no_second_answer(tmp_path):
    both = [logs.lm_eval_line(0, "7", "Yes.", "Yes?", "Q", filter=name) + "\n" for name in ("strict", "flexible")]
    assert one(lines(tmp_path / "a.jsonl", *both)).text == "Yes."


def test_lm_evals_results_beside_tell_the_engine(tmp_path):
    path = tmp_path / "samples_meqsum_2026-11-27T10-00-00.000000.jsonl"
    lines(path, logs.lm_eval_line(0, "7", "Yes.", "Yes?", "Q"))
    assert imported.read(path).facts.settings == {"engine": "unknown"}
    results = {"config": {"model": "vllm", "batch_size": "auto"}, "lm_eval_version": "0.4.13"}
    (tmp_path / "results_2026-11-27T10-00-00.000000.json").write_text(json.dumps(results))
    facts = imported.read(path).facts
    assert (facts.version, facts.settings) == ("0.4.13", {"engine": "vllm", "batch_size": "auto"})
    assert facts.sampling == '{"max_gen_toks":128,"until":["\\n\\n"]}'


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"doc": {"id": "8"}}, "document"),
        ({"target": "No?"}, "target"),
        ({"prompt_hash": "0"}, "prompt"),
    ],
)
def test_a_regraded_sample_of_lm_eval_is_refused(tmp_path, changed, what):
    path = lines(tmp_path / "a.jsonl", logs.lm_eval_line(0, "7", "Yes.", "Yes?", "Q", **changed))
    assert f":1: its {what} is not the one that lm-evaluation-harness wrote" in refusal(path)


@pytest.mark.parametrize(
    ("resps", "told"),
    [([["a", "b"]], "2 answers to one question"), ([[["-1.5", "True"]]], "options scored by likelihood")],
)
def test_a_sample_without_one_generated_answer_is_refused(tmp_path, resps, told):
    assert told in refusal(lines(tmp_path / "a.jsonl", logs.lm_eval_line(0, "7", "", "Yes?", "Q", resps=resps)))


def test_both_forms_of_inspects_logs_tell_the_same(tmp_path):
    log = logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED)])
    (tmp_path / "a.json").write_text(json.dumps(log, indent=2))
    packed = logs.eval_file(tmp_path / "a.eval", log)
    of_json, of_zip = one(tmp_path / "a.json"), one(packed)
    for given in (of_json, of_zip):
        assert (given.task, given.id, given.text, given.gold) == ("meqsum", "7", "Yes.", "Yes?")
        assert (given.asked, given.finish_reason) == ((Turn(role="user", content="What is asked?"),), "stop")
        assert (given.n_prompt_tokens, given.n_new_tokens) == (7, 3)
    facts = imported.read(packed).facts
    assert facts == imported.read(tmp_path / "a.json").facts
    assert facts.sampling == '{"max_tokens":128,"temperature":0.0}'
    # The provider hf samples where it is not told otherwise: inspect_ai, model/_providers/hf.py.
    assert facts.settings == {"engine": "hf", "args": '{"do_sample":true}'}


def facts_of(tmp_path, change):
    """What a log tells whose header was changed."""
    log = logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED)])
    change(log)
    return imported.read(logs.eval_file(tmp_path / "a.eval", log)).facts


@pytest.mark.parametrize(
    "change",
    [
        lambda log: log["eval"].update(model_args={"do_sample": False}),
        lambda log: log["eval"].update(model_args={"batch_size": 5}),
        lambda log: log["plan"].update(steps=[{"solver": "generate", "params": {"temperature": 1.0}}]),
        lambda log: log["plan"].update(steps=[{"solver": "system_message", "params": {"template": "Be brief."}}]),
        lambda log: log["eval"].update(model_generate_config={"top_p": 0.9}),
    ],
    ids=["do_sample", "batch_size", "temperature of a step", "system message", "top_p"],
)
def test_what_decides_inspects_answers_is_among_its_facts(tmp_path, change):
    assert facts_of(tmp_path, change) != facts_of(tmp_path, lambda log: None)


@pytest.mark.parametrize(
    "args",
    [{"model_path": "/m"}, {"device": "cpu"}, {"tokenizer": None}, {"revision": "main"}, {"do_sample": True}],
)
def test_what_names_inspects_model_is_not_among_its_facts(tmp_path, args):
    told = facts_of(tmp_path, lambda log: log["eval"].update(model_args=args))
    assert told == facts_of(tmp_path, lambda log: None)


def test_a_null_of_the_plan_hides_no_setting_of_the_model(tmp_path):
    def change(log):
        log["eval"]["model_generate_config"] = {"temperature": 0.7}
        log["plan"]["config"] = {"temperature": None, "max_tokens": 128}

    assert facts_of(tmp_path, change).sampling == '{"max_tokens":128,"temperature":0.7}'


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"status": "cancelled"}, "its evaluation did not end with success"),
        ({"status": "error"}, "its evaluation did not end with success"),
        ({"invalidated": True}, "its evaluation was invalidated"),
    ],
)
def test_a_log_that_did_not_succeed_is_refused(tmp_path, header, told):
    log = logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED)]) | header
    assert told in refusal(logs.eval_file(tmp_path / "a.eval", log))


def test_a_sample_of_two_answers_is_refused(tmp_path):
    sample = logs.inspect_sample("7", "Yes.", "Yes?", ASKED)
    sample["output"]["choices"] *= 2
    assert "sample 1: 2 answers to one question" in refusal(
        logs.eval_file(tmp_path / "a.eval", logs.inspect_log([sample]))
    )


ANSWER = {"role": "assistant", "content": "Yes."}
EXTRA = {"role": "system", "content": "Answer with the gold."}
CRITIQUE = [{"role": "assistant", "content": "First."}, {"role": "user", "content": "Improve."}]


@pytest.mark.parametrize("messages", [[EXTRA, *ASKED, ANSWER], [*ASKED, *CRITIQUE, ANSWER]])
def test_what_solvers_added_was_asked_too(tmp_path, messages):
    plain, added = (
        one(
            logs.eval_file(
                tmp_path / "a.eval", logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED, **changed)])
            )
        ).asked
        for changed in ({}, {"messages": messages})
    )
    assert added != plain


def test_inspects_thoughts_and_attachments_are_read_apart(tmp_path):
    content = [{"type": "reasoning", "reasoning": "Hm."}, {"type": "text", "text": "attachment://abc"}]
    sample = logs.inspect_sample("7", content, "Yes?", ASKED, attachments={"abc": "A long answer."})
    given = one(logs.eval_file(tmp_path / "a.eval", logs.inspect_log([sample])))
    assert (given.text, given.thought) == ("A long answer.", "Hm.")


def test_an_answer_that_the_conversation_does_not_end_with_is_refused(tmp_path):
    sample = logs.inspect_sample("7", "Yes.", "Yes?", ASKED, messages=[{"role": "assistant", "content": "No."}])
    path = logs.eval_file(tmp_path / "a.eval", logs.inspect_log([sample]))
    assert "its conversation ends with another answer than its output" in refusal(path)


def test_a_sample_in_which_the_model_failed_has_no_answer(tmp_path):
    sample = logs.inspect_sample("7", "Yes.", "Yes?", ASKED, output={"choices": []}, messages=[])
    assert imported.read(logs.eval_file(tmp_path / "a.eval", logs.inspect_log([sample]))).answers == ()


def test_a_folder_of_one_programs_files_is_read_whole(tmp_path):
    for task in ("meqsum", "mednli"):
        path = tmp_path / f"samples_{task}_2026-11-27T10-00-00.000000.jsonl"
        lines(path, logs.lm_eval_line(0, "7", task, "Yes?", "Q", task=task))
    assert {given.text for given in imported.read(tmp_path).answers} == {"meqsum", "mednli"}
    lines(tmp_path / "plain.jsonl", {"task": "meqsum", "id": "1", "text": ""})
    with pytest.raises(ModelError, match="made by another program or with other settings"):
        imported.read(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"[]", b"null\n", b"{}", b"\x00\xff\xfe", b'{"task": 1}', b'{"task":"a","id":"1"', b"[" * 100_000],
)
def test_what_is_no_file_of_answers_is_one_line(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("size", [4, 30, 100, 200])
def test_an_archive_cut_short_is_one_line(tmp_path, size):
    path = logs.eval_file(tmp_path / "a.eval", logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED)]))
    path.write_bytes(path.read_bytes()[:size])
    assert "damaged" in refusal(path)


def test_no_flipped_byte_of_an_archive_is_read_as_another_answer(tmp_path):
    path = logs.eval_file(tmp_path / "a.eval", logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED)]))
    whole, expected = path.read_bytes(), one(path)
    for place in range(0, len(whole), 11):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        path.write_bytes(damaged)
        read = (expected,)
        with contextlib.suppress(ModelError):
            read = imported.read(path).answers
        assert read == (expected,)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, 93])
def test_a_bomb_in_an_archive_is_refused(tmp_path, monkeypatch, method):
    monkeypatch.setattr(files, "_chosen", 10_000)
    path = tmp_path / "a.eval"
    if method == 93:
        path.write_bytes(zstandard_zip("header.json", b"x" * 20_000_000))
    else:
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("header.json", b"x" * 20_000_000)
    assert path.stat().st_size < 30_000
    assert "it holds more than 10,000 bytes" in refusal(path)


def test_many_small_members_count_together(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_chosen", 10_000)
    log = logs.inspect_log([logs.inspect_sample(str(i), "Yes.", "x" * 400, ASKED) for i in range(40)])
    assert "it holds more than 10,000 bytes" in refusal(logs.eval_file(tmp_path / "a.eval", log))


def test_a_zstandard_member_is_read_as_inspect_writes_it(tmp_path):
    log = logs.inspect_log([logs.inspect_sample("7", "Yes.", "Yes?", ASKED)])
    whole = logs.eval_file(tmp_path / "a.eval", log)
    expected = one(whole)
    with zipfile.ZipFile(whole) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    whole.write_bytes(zstandard_zip(*(part for member in members.items() for part in member)))
    assert one(whole) == expected


def zstandard_zip(*parts):
    """A zip of names and contents by turns, compressed by Zstandard: written stored, then its headers changed."""
    import io
    import struct
    import zlib

    import pyarrow as pa

    contents = dict(zip(parts[::2], parts[1::2], strict=True))
    packed = {name: pa.compress(content, codec="zstd", asbytes=True) for name, content in contents.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in packed.items():
            archive.writestr(name, content)
    raw = bytearray(buffer.getvalue())
    for mark, method_at, sums_at in ((b"PK\x03\x04", 8, 14), (b"PK\x01\x02", 10, 16)):
        place = -1
        for name, content in packed.items():
            place = raw.index(mark, place + 1)
            sums = (zlib.crc32(contents[name]), len(content), len(contents[name]))
            raw[place + method_at : place + method_at + 2] = struct.pack("<H", 93)
            raw[place + sums_at : place + sums_at + 12] = struct.pack("<III", *sums)
    return bytes(raw)
