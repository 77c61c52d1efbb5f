"""Another program's answers put to a run's prompts: only where their source shows what was asked."""

import dataclasses

import pytest

from clue_lib.engines.imported.values import Facts, Given, Imported, Turn
from clue_lib.errors import ModelError
from clue_lib.runs import PromptSettings, plan_task
from clue_lib.runs.importing import match
from clue_lib.runs.prompt_export import name_of
from clue_lib.tasks import TASKS

OPTION = "--model=import:answers.jsonl"


@pytest.fixture(scope="module")
def planned():
    """Five of MeQSum's made-up questions."""
    return plan_task(TASKS["meqsum"], PromptSettings(limit=5))


@pytest.fixture
def answers(planned):
    """An answer to each of them, named as an exported prompt is."""
    return [
        Given(place=f"a.jsonl:{number}", task="meqsum", id=name_of(example, request), text=f"answer {number}")
        for number, (example, request) in enumerate(zip(planned.examples, planned.requests, strict=True), 1)
    ]


def matched(planned, answers, program="JSON Lines"):
    return match(Imported(facts=Facts(program=program), answers=tuple(answers)), [planned], option=OPTION)


def changed(answers, number, **fields):
    return [*answers[:number], dataclasses.replace(answers[number], **fields), *answers[number + 1 :]]


def by_id(planned, answers):
    """The same answers named by their example's own id, each with its gold."""
    return [
        dataclasses.replace(given, id=example.id, gold=example.gold)
        for given, example in zip(answers, planned.examples, strict=True)
    ]


def refusal(planned, answers):
    with pytest.raises(ModelError) as caught:
        matched(planned, answers)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def texts(planned, found):
    return [found.answers[request.key].text for request in planned.requests]


EXPECTED = ["answer 1", "answer 2", "answer 3", "answer 4", "answer 5"]


def test_answers_are_matched_by_digest_in_any_order(planned, answers):
    assert texts(planned, matched(planned, answers)) == EXPECTED
    assert texts(planned, matched(planned, reversed(answers))) == EXPECTED


def test_answers_are_matched_by_id_and_gold_in_any_order(planned, answers):
    named = by_id(planned, answers)
    assert texts(planned, matched(planned, named)) == EXPECTED
    assert texts(planned, matched(planned, reversed(named))) == EXPECTED


def test_whatever_their_task_is_called_where_the_run_has_but_one(planned, answers):
    other = [dataclasses.replace(given, task="my_meqsum") for given in by_id(planned, answers)]
    assert texts(planned, matched(planned, other)) == EXPECTED


def test_ids_that_changed_places_are_refused(planned, answers):
    named = by_id(planned, answers)
    shuffled = changed(changed(named, 0, id=named[1].id), 1, id=named[0].id)
    assert "a.jsonl:1: its gold is not that of meqsum " in refusal(planned, shuffled)


def test_digests_that_changed_places_are_refused(planned, answers):
    (first, _, digest_1), (second, _, digest_2) = (given.id.rpartition("@") for given in answers[:2])
    shuffled = changed(changed(answers, 0, id=f"{first}@{digest_2}"), 1, id=f"{second}@{digest_1}")
    assert "a.jsonl:1: not the id of meqsum " in refusal(planned, shuffled)


@pytest.mark.parametrize("name", [by_id, lambda planned, answers: answers])
def test_another_gold_is_refused(planned, answers, name):
    regraded = changed(name(planned, answers), 2, gold="Another question?")
    assert "a.jsonl:3: its gold is not that of meqsum " in refusal(planned, regraded)


def test_an_id_alone_shows_nothing(planned, answers):
    bare = changed(by_id(planned, answers), 3, gold=None)
    assert "a.jsonl:4: neither digest nor gold shows what was asked of meqsum " in refusal(planned, bare)


def test_a_second_answer_is_named_with_the_first(planned, answers):
    twice = [*answers, dataclasses.replace(answers[1], place="a.jsonl:6")]
    message = refusal(planned, twice)
    assert message.startswith("a.jsonl:6: a second answer to meqsum ")
    assert message.endswith(", as a.jsonl:2; keep one")


def test_missing_answers_are_counted_and_named(planned, answers):
    message = refusal(planned, answers[:1])
    ids = ", ".join(example.id for example in planned.examples[1:4])
    assert message.startswith(f"{OPTION}: no answer to 4 of meqsum ({ids} …); ask the rest")


def test_a_prompt_of_another_seed_is_refused(planned, answers):
    (id_, _, _) = answers[0].id.rpartition("@")
    other = changed(answers, 0, id=f"{id_}@{'0' * 16}")
    assert "a.jsonl:1: answers another prompt of meqsum " in refusal(planned, other)


def test_answers_to_other_prompts_are_counted_and_not_read(planned, answers):
    more = dataclasses.replace(answers[0], id=f"another@{'0' * 16}", place="a.jsonl:6")
    found = matched(planned, [*answers, more])
    assert (found.n_unused, texts(planned, found)) == (1, EXPECTED)


def test_no_id_of_private_data_is_named(planned, answers):
    source = dataclasses.replace(planned.source, tier="credentialed")
    private = dataclasses.replace(planned, source=source)
    named = by_id(planned, answers)
    again = dataclasses.replace(answers[0], place="a.jsonl:6")
    for wrong in (answers[:1], changed(named, 1, gold="x"), changed(named, 1, gold=None), [*answers, again]):
        message = refusal(private, wrong)
        assert not any(example.id in message for example in planned.examples)


def test_ends_that_are_not_told_are_unknown_and_stand_in_the_engine(planned, answers):
    found = matched(planned, answers)
    assert {given.finish_reason for given in found.answers.values()} == {"unknown"}
    assert found.engine.args == "sampling unknown; ends unknown; prompts of this run"
    told = matched(planned, [dataclasses.replace(given, finish_reason="length") for given in answers])
    assert told.engine.args == "sampling unknown; ends told; prompts of this run"
    assert {given.finish_reason for given in told.answers.values()} == {"length"}


def test_ends_that_are_told_of_some_answers_only_count_for_none(planned, answers):
    found = matched(planned, changed(answers, 1, finish_reason="length"))
    assert {given.finish_reason for given in found.answers.values()} == {"unknown"}
    assert "ends unknown" in str(found.engine.args)
    assert "context" in {
        given.finish_reason
        for given in matched(planned, changed(answers, 1, finish_reason="context", text="")).answers.values()
    }


def test_a_thought_that_the_limit_cut_is_unfinished(planned, answers):
    told = [dataclasses.replace(given, finish_reason="length") for given in answers]
    found = matched(planned, changed(told, 1, thought="Let me see", text=""))
    assert [found.answers[request.key].has_unfinished_thought for request in planned.requests] == [
        number == 1 for number in range(5)
    ]


def asked_by_turns(planned, answers, change):
    """The answers, each to its prompt's turns as (role, content), changed."""
    return [
        dataclasses.replace(
            given,
            asked=tuple(
                Turn(role=role, content=content)
                for role, content in change([(message.role, message.content) for message in request.messages])
            ),
        )
        for given, request in zip(answers, planned.requests, strict=True)
    ]


def test_this_runs_turns_are_this_runs_prompts(planned, answers):
    for change in (list, lambda turns: [(role, f"{content}\n") for role, content in turns]):
        found = matched(planned, asked_by_turns(planned, answers, change))
        assert str(found.engine.args).endswith("; prompts of this run")


@pytest.mark.parametrize(
    "change",
    [
        lambda turns: [("system", "EXTRA"), *turns],
        lambda turns: [*turns, ("assistant", "First."), ("user", "Improve.")],
        lambda turns: turns[::-1],
        lambda turns: [("user", content) for _, content in turns],
        lambda turns: [*turns[:-1], ("user", f"{turns[-1][1]} Be brief.")],
        lambda turns: [*turns[:-1], ("tool", turns[-1][1])],
    ],
    ids=["before", "behind", "order", "roles", "within", "tool"],
)
def test_turns_that_are_more_or_others_are_not_this_runs(planned, answers, change):
    found = matched(planned, asked_by_turns(planned, answers, change))
    assert "prompts of this run" not in str(found.engine.args)
    assert found.engine != matched(planned, asked_by_turns(planned, answers, list)).engine


def test_of_rendered_text_it_is_told_that_what_else_it_says_is_unknown(planned, answers):
    def prompts(write):
        asked = [write([message.content for message in request.messages]) for request in planned.requests]
        given = [dataclasses.replace(given, asked=text) for given, text in zip(answers, asked, strict=True)]
        return str(matched(planned, given).engine.args).rpartition("prompts ")[2]

    assert prompts("\n\n".join) == "of this run"
    assert prompts(lambda contents: "EXTRA" + "<|end|>".join(contents)) == (
        "of this run in other text, which is not compared"
    )
    assert "of this run" not in prompts(lambda contents: "\n\n".join(contents[::-1]))


def test_prompts_in_any_template_are_this_runs_and_others_are_not(planned, answers):
    def asked(write):
        return [
            dataclasses.replace(given, asked=write("\n".join(message.content for message in request.messages)))
            for given, request in zip(answers, planned.requests, strict=True)
        ]

    one, other = (
        matched(planned, asked(lambda text, mark=mark: f"{mark}{text}")) for mark in ("<|im_start|>", "[INST]")
    )
    assert one.engine == other.engine
    without = [matched(planned, asked(lambda text, n=n: text[n:])) for n in (30, 40, 40)]
    assert without[0].engine != one.engine
    assert without[0].engine != without[1].engine
    assert without[1].engine == without[2].engine
