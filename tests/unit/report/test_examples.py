"""The per-example table: complete for open data, without text or ids for data under an agreement, stable on disk."""

import dataclasses
import json

import pandas as pd
import pytest
from fake_run import fake_run

from clue_lib.errors import ReportError, StoreError
from clue_lib.report import examples
from clue_lib.types import Evidence, Example, Generation, Parsed, Response, TaskRun, Unparsed

CANARY = "CANARY"


def task_run(model, answers, *, tier="public", task="mednli", repeats=1):
    """Two examples, the first with a parsed answer, the second without one."""
    responses = [
        Response(
            example=Example(
                id=f"{CANARY}-{i}",
                cluster=f"{CANARY}-c",
                fields={"premise": CANARY * 100, "hypothesis": f"{CANARY}?"},
                gold=("E11.9", CANARY) if i else CANARY,
                repeat=repeat,
                slices={"length": "long"},
            ),
            generation=Generation(text=f"{CANARY} {model}", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
            answer=answer,
        )
        for repeat in range(repeats)
        for i, answer in enumerate(answers)
    ]
    n = len(responses)
    return TaskRun(
        task=task,
        model=model,
        tier=tier,
        engine="e",
        responses=tuple(responses),
        gold_digests=("",) * n,
        prompt_digests=("",) * n,
        scores={"accuracy": (1.0, 0.0) * repeats, "concept_f1": (None, 0.5) * repeats},
        signatures={},
    )


READ, UNREAD = Parsed(value=("E11.9", CANARY)), Unparsed(reason="no label")


def pair(**options):
    return task_run("base", (READ, UNREAD), **options), task_run("tuned", (UNREAD, READ), **options)


def test_a_row_per_example_with_both_answers():
    frame = examples.table([pair()], key=b"k")
    assert list(frame.columns) == [
        *("task", "level", "tier", "example_id", "repeat", "wording", "cluster", "gold", "question", "passages"),
        *("baseline_text", "candidate_text", "baseline_answer", "candidate_answer"),
        *("baseline_read_from", "candidate_read_from", "baseline_thought", "candidate_thought"),
        *("baseline_opposites", "candidate_opposites"),
        *("baseline_unparsed", "candidate_unparsed", "baseline_finish_reason", "candidate_finish_reason"),
        *("baseline_read_start", "candidate_read_start", "baseline_read_end", "candidate_read_end"),
        *("baseline_thought_tokens", "candidate_thought_tokens", "slices"),
        *("baseline.accuracy", "baseline.concept_f1", "candidate.accuracy", "candidate.concept_f1"),
    ]
    first, second = frame.to_dict("records")
    assert (first["task"], first["level"], first["tier"], first["repeat"]) == ("mednli", "level1", "public", 0)
    assert (first["example_id"], first["cluster"]) == ("CANARY-0", "CANARY-c")
    assert (first["gold"], second["gold"]) == ("CANARY", "E11.9, CANARY")
    assert (first["baseline_answer"], first["baseline_unparsed"]) == ("E11.9, CANARY", "")
    assert (first["candidate_answer"], first["candidate_unparsed"]) == ("", "no label")
    assert json.loads(first["slices"]) == {"length": "long"}
    assert first["candidate_text"] == "CANARY tuned"


def test_what_a_metric_says_nothing_of_is_null():
    frame = examples.table([pair(), pair(task="jama", repeats=1)], key=b"k")
    assert frame["baseline.concept_f1"].isna().tolist() == [True, False, True, False]
    assert frame["baseline.accuracy"].tolist() == [1.0, 0.0, 1.0, 0.0]


def test_repeats_are_rows_of_their_own():
    frame = examples.table([pair(repeats=3)], key=b"k")
    assert frame["repeat"].tolist() == [0, 0, 1, 1, 2, 2]
    assert not frame.duplicated(["task", "example_id", "repeat"]).any()


def test_long_fields_of_a_question_are_cut_and_stand_below_what_is_asked():
    question = examples.table([pair()], key=b"k")["question"][0]
    assert question.startswith("hypothesis: CANARY?\npremise: CANARY")
    assert question.endswith("… (200 characters more)")  # 6 × 100 characters, 400 kept


@pytest.mark.parametrize("tier", ["licensed", "credentialed"])
def test_of_data_under_an_agreement_neither_text_nor_id_is_in_it(tier, tmp_path):
    path = tmp_path / "examples.parquet"
    frame = examples.table([pair(tier=tier)], key=b"k")
    examples.write(frame, path)
    assert CANARY not in frame.to_csv()
    assert CANARY.encode() not in path.read_bytes()
    assert set(frame[list(examples.TEXT_COLUMNS)].to_numpy().ravel()) == {""}
    assert frame["candidate.accuracy"].tolist() == [1.0, 0.0]
    assert frame["candidate_unparsed"].tolist() == ["no label", ""]


@pytest.mark.parametrize("tier", ["licensed", "credentialed"])
def test_of_such_data_why_a_users_own_reader_read_nothing_is_withheld_for_it_may_quote(tier):
    own = [
        task_run(model, (Unparsed(reason=f"no yes or no in {CANARY}"), READ), tier=tier, task="own_task")
        for model in ("base", "tuned")
    ]
    frame = examples.table([(own[0], own[1])], key=b"k")
    assert CANARY not in frame.to_csv()
    assert frame["baseline_unparsed"].tolist() == frame["candidate_unparsed"].tolist() == ["reason withheld", ""]
    kept = examples.table([(own[0], own[1])], key=b"", private=True)
    assert kept["candidate_unparsed"][0] == f"no yes or no in {CANARY}"


@pytest.mark.parametrize("tier", ["licensed", "credentialed"])
def test_groups_that_the_file_names_are_keyed_and_those_that_are_counted_stand(tier):
    slices = {"specialty": "ZQXFIELD", "length": "shortest third", "codes": "1 to 5"}
    shown = {}
    for task in ("jama", "medisumcode"):
        runs = pair(task=task, tier=tier)
        example = dataclasses.replace(runs[0].responses[0].example, slices=slices)
        response = dataclasses.replace(runs[0].responses[0], example=example)
        run = dataclasses.replace(runs[0], responses=(response, *runs[0].responses[1:]))
        frame = examples.table([(run, run)], key=b"k")
        assert "ZQXFIELD" not in frame.to_csv()
        shown[task] = json.loads(frame["slices"][0])
    assert [shown[task]["length"] for task in shown] == ["shortest third"] * 2
    assert len(shown["jama"]["specialty"]) == 16  # as ids
    assert (len(shown["jama"]["codes"]), shown["medisumcode"]["codes"]) == (16, "1 to 5")


def test_hashes_are_stable_distinct_and_worth_nothing_without_the_key():
    first, again, other = (
        examples.table([pair(tier="credentialed")], key=key)["example_id"].tolist() for key in (b"k", b"k", b"other")
    )
    assert first == again
    assert len({*first, *other}) == 4


def test_a_private_table_keeps_everything():
    kept = examples.table([pair(tier="credentialed")], key=b"k", private=True)
    pd.testing.assert_frame_equal(kept.drop(columns="tier"), examples.table([pair()], key=b"").drop(columns="tier"))


def test_it_is_read_back_as_written(tmp_path):
    path = tmp_path / "some" / "examples.parquet"
    frame = examples.table([pair(), pair(task="jama")], key=b"k")
    examples.write(frame, path)
    pd.testing.assert_frame_equal(examples.read(path), frame, check_dtype=False)


def test_it_tells_where_an_answer_was_read_but_not_of_data_under_an_agreement():
    evidence = Evidence(rule="concluded", start=14, end=15)
    answered = Parsed(value="C", evidence=evidence)
    runs = [task_run("base", (answered, UNREAD), tier=tier) for tier in ("public", "licensed")]
    frame = examples.table([(run, run) for run in runs], key=b"k")
    told = frame["baseline_read_from"].tolist()
    assert told == [f"concluded, characters 15 to 15: {CANARY} base⟨⟩", "", "", ""]


OLD_TABLES_LACK = ("read_from", "thought", "opposites", "finish_reason", "read_start", "read_end", "thought_tokens")


def thinking(tier):
    """A run whose first answer was thought about, cut, and read from its second word."""
    run = task_run("base", (Parsed(value="C", evidence=Evidence(rule="concluded", start=7, end=11)), UNREAD), tier=tier)
    first = run.responses[0]
    changes = {"thought": f"{CANARY} hm", "n_thought_tokens": 7, "finish_reason": "length"}
    generation = Generation(text=first.generation.text, n_prompt_tokens=1, n_new_tokens=9, **changes)
    return dataclasses.replace(run, responses=(dataclasses.replace(first, generation=generation), *run.responses[1:]))


def test_it_tells_why_a_model_stopped_what_it_thought_and_where_it_was_read():
    run = thinking("public")
    first, second = examples.table([(run, run)], key=b"k").to_dict("records")
    assert (first["baseline_thought"], first["baseline_thought_tokens"]) == (f"{CANARY} hm", 7)
    assert (first["baseline_finish_reason"], second["candidate_finish_reason"]) == ("length", "stop")
    assert first["baseline_text"][int(first["baseline_read_start"]) : int(first["baseline_read_end"])] == "base"
    assert second["baseline_read_start"] != second["baseline_read_start"]  # null: nothing was read


@pytest.mark.parametrize("private", [False, True])
def test_a_thought_about_private_data_is_in_no_table_its_length_is(private):
    run = thinking("credentialed")
    first = examples.table([(run, run)], key=b"k", private=private).to_dict("records")[0]
    assert (first["candidate_thought"], first["candidate_thought_tokens"]) == ("", 7)
    assert (first["candidate_read_start"] == 7) is private


def test_the_passages_that_hold_the_answer_stand_in_it_with_what_is_around():
    run = task_run("base", (READ, UNREAD))
    example = Example(
        id="1",
        cluster="1",
        fields={"letters": "x" * 300 + " The drug is aspirin. " + "y" * 300, "question": "Which drug?"},
        gold="A",
        passages=("The drug is aspirin.", "cut away"),
    )
    responses = (dataclasses.replace(run.responses[0], example=example), run.responses[1])
    run = dataclasses.replace(run, responses=responses)
    first, second = examples.table([(run, run)], key=b"k")["passages"]
    ((before, words, after),) = json.loads(first)
    assert words == "The drug is aspirin."
    assert (before, after) == ("x" * 199 + " ", " " + "y" * 199)  # 200 characters on either side
    assert second == ""


@pytest.mark.parametrize(("tier", "private"), [("public", False), ("credentialed", True), ("credentialed", False)])
def test_what_an_answer_says_otherwise_than_the_chart_stands_in_it_unless_the_data_is_private(tier, private):
    """The source is the fields and then the gold; the chart denies the fever that the answer states."""
    answer = "He has fever."
    example = Example(id="1", cluster="1", fields={"letter": "The patient has no fever."}, gold="Pneumonia.")
    run = task_run("base", (Parsed(value=answer), UNREAD), tier=tier, task="medisumqa")
    responses = (dataclasses.replace(run.responses[0], example=example), run.responses[1])
    scores = {"contradicted_claims": (1.0, 0.0), "unsupported_numbers": (0.0, None)}
    run = dataclasses.replace(run, responses=responses, scores=scores)
    first, second = examples.table([(run, run)], key=b"k", private=private)["candidate_opposites"]
    if tier == "credentialed" and not private:
        assert first == ""
    else:
        (((_, own, chart)),) = json.loads(first)
        assert own == ["He has ", "fever", "."]
        assert chart == ["The patient has no ", "fever", ".\n\nPneumonia."]
    assert second == ""


def test_a_table_without_these_columns_is_read_too(tmp_path):
    path = tmp_path / "examples.parquet"
    frame = examples.table([pair()], key=b"k")
    later = [name for name in frame if name.partition("_")[2] in OLD_TABLES_LACK or name == "passages"]
    assert len(later) == 15
    examples.write(frame.drop(columns=later), path)
    read = examples.read(path)
    assert set(read["candidate_read_from"]) == set(read["passages"]) == set(read["baseline_thought"]) == {""}
    assert set(read["candidate_thought_tokens"]) == {0}
    assert read["baseline_read_start"].isna().all()


def test_whole_runs_are_read_back(folder, finished):
    frame = examples.read(folder / "examples.parquet")
    assert len(frame) == sum(len(base.responses) for base, _ in finished.pairs)
    assert set(frame.loc[frame["task"] == "problem_summary", "gold"]) == {""}
    assert "" not in set(frame.loc[frame["task"] == "mednli", "gold"])


def test_what_utf8_cannot_hold_is_replaced(tmp_path):
    run = fake_run(tasks=("jama",), hostile=True)
    examples.write(examples.table(run.pairs, key=b"k"), tmp_path / "e.parquet")
    assert any("\ufffd lone" in text for text in examples.read(tmp_path / "e.parquet")["candidate_text"])


def test_damaged_tables_are_refused_in_one_line(tmp_path):
    path = tmp_path / "examples.parquet"
    with pytest.raises(ReportError, match="no such file; run the gate again"):
        examples.read(path)
    path.write_bytes(b"no parquet at all")
    with pytest.raises(ReportError, match="no parquet file") as caught:
        examples.read(path)
    assert len(str(caught.value).splitlines()) == 1
    pd.DataFrame({"task": ["a"]}).to_parquet(path)
    with pytest.raises(ReportError, match="no column level"):
        examples.read(path)


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="name a writable folder"):
        examples.write(examples.table([pair()], key=b"k"), tmp_path / "file" / "e.parquet")


def test_runs_of_other_lengths_are_no_pair():
    base, tuned = pair()
    short = dataclasses.replace(tuned, responses=tuned.responses[:1])
    with pytest.raises(ValueError, match="zip"):
        examples.table([(base, short)], key=b"k")
