"""Planning: the same prompts for both models, shots never scored, every mistake before an engine starts."""

import dataclasses
import json
import re
from collections import Counter

import pytest

from clue_lib import digests
from clue_lib.errors import DataError, OptionError, PromptError
from clue_lib.runs.planning import PromptSettings, check_wordings, plan_task
from clue_lib.tasks import TASKS, PromptTexts, prompts

LABELS = ("entailment", "neutral", "contradiction")


def rows(n_premises):
    """Three pairs to a premise, one of each label, as in MedNLI."""
    return [
        {"pairID": f"{i}-{label}", "gold_label": label, "sentence1": f"premise {i}", "sentence2": f"{label} {i}"}
        for i in range(n_premises)
        for label in LABELS
    ]


@pytest.fixture
def data(tmp_path):
    def save(lines):
        path = tmp_path / "data" / "mli_test_v1.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    return save


@pytest.fixture
def plan(tmp_path):
    def make(**changed):
        (tmp_path / "data").mkdir(exist_ok=True)
        return plan_task(TASKS["mednli"], PromptSettings(**({"data_root": tmp_path / "data"} | changed)))

    return make


def shots_of(found):
    """The ids of the pairs that every prompt shows, read from its turns."""
    turns = found.requests[0].messages[1:-1]
    premises = [re.search(r"premise (\d+)", question.content)[1] for question in turns[::2]]
    labels = [answer.content for answer in turns[1::2]]
    return [f"{premise}-{label}" for premise, label in zip(premises, labels, strict=True)]


def test_examples_and_requests_are_aligned(data, plan):
    data(rows(8))
    found = plan()
    for example, request in zip(found.examples, found.requests, strict=True):
        question = request.messages[-1]
        assert question.role == "user"
        assert example.fields["premise"] in question.content
        assert example.fields["hypothesis"] in question.content


def test_shots_come_from_three_premises_none_of_which_is_scored(data, plan):
    data(rows(8))
    found = plan()
    shown = {id_.split("-")[0] for id_ in shots_of(found)}
    assert len(shots_of(found)) == len(shown) == 3
    assert {id_.split("-")[1] for id_ in shots_of(found)} == set(LABELS)
    assert len(found.examples) == (8 - 3) * 3
    assert not shown & {example.id.split("-")[0] for example in found.examples}


def test_every_prompt_shows_the_shots_with_their_ideal_answers(data, plan):
    data(rows(8))
    found = plan()
    labels = [id_.split("-")[1] for id_ in shots_of(found)]
    for request in found.requests:
        assert [turn.role for turn in request.messages] == ["system", *["user", "assistant"] * 3, "user"]
        assert [turn.content for turn in request.messages if turn.role == "assistant"] == labels


def test_a_plan_is_the_same_again_and_another_with_another_seed(data, plan):
    data(rows(30))
    assert plan() == plan()
    assert shots_of(plan(seed=1)) != shots_of(plan())
    assert {r.sampling.seed for r in plan(seed=1).requests} == {1}


def test_the_files_order_changes_no_prompt(data, plan):
    data(rows(8))
    straight = plan()
    data(reversed(rows(8)))
    turned = plan()
    assert shots_of(turned) == shots_of(straight)
    assert [request.key for request in turned.requests] == [request.key for request in reversed(straight.requests)]


def test_a_key_names_messages_and_sampling(data, plan):
    data(rows(8))
    requests = plan().requests
    assert len({request.key for request in requests}) == len(requests)
    assert requests[0].key == digests.of_value((requests[0].messages, requests[0].sampling))
    longer = dataclasses.replace(requests[0].sampling, max_new_tokens=999)
    assert digests.of_value((requests[0].messages, longer)) != requests[0].key


def test_decoding_is_greedy_and_bounded_by_the_task(data, plan):
    data(rows(8))
    for request in plan().requests:
        assert (request.sampling.temperature, request.sampling.max_new_tokens) == (0.0, 20)


def test_a_limits_prompts_are_among_a_larger_ones(data, plan):
    data(rows(12))
    all_, ten, four = plan(), plan(limit=10), plan(limit=4)
    assert (len(all_.requests), len(ten.requests), len(four.requests)) == (27, 10, 4)
    assert {r.key for r in four.requests} < {r.key for r in ten.requests} < {r.key for r in all_.requests}
    assert len({example.cluster for example in four.examples}) == 4


def test_the_seed_draws_the_subset_too(data, plan):
    data(rows(30))
    everything = plan(seed=1).examples
    assert plan(seed=1, limit=5).examples == prompts.subset(everything, 5, 1) != prompts.subset(everything, 5, 0)


def test_what_reports_say_of_the_data(data, plan, tmp_path):
    data(rows(8))
    info = plan(limit=5).info
    assert (info.name, info.tier, info.data) == ("mednli", "credentialed", "not the official file")
    assert (info.n_read, info.n_scored) == (24, 5)
    assert info.data_digest == digests.of_file(tmp_path / "data" / "mli_test_v1.jsonl")


def test_without_real_data_the_bundled_is_used(plan):
    info = plan().info
    assert (info.tier, info.data) == ("bundled", "bundled")


def test_other_prompt_texts_are_another_digest_and_other_keys(data, plan, tmp_path):
    data(rows(8))
    (tmp_path / "mednli.toml").write_text("system = 'S'\nuser = '$premise | $hypothesis'\n", encoding="utf-8")
    own, other = plan(), plan(prompts=tmp_path)
    assert other.requests[0].messages[0].content == "S"
    assert own.info.prompts_digest != other.info.prompts_digest
    assert not {r.key for r in own.requests} & {r.key for r in other.requests}


def test_a_prompt_text_with_an_unknown_field(data, plan, tmp_path):
    data(rows(8))
    (tmp_path / "mednli.toml").write_text("system = 'S'\nuser = '$premisse'\n", encoding="utf-8")
    with pytest.raises(PromptError, match="premisse"):
        plan(prompts=tmp_path)


def test_an_id_that_stands_twice_is_refused_without_naming_it(data, plan, tmp_path):
    data([*rows(8), rows(8)[4], rows(8)[4], rows(8)[5]])
    with pytest.raises(DataError, match="2 example ids occur more than once; ids must be unique") as caught:
        plan()
    assert str(caught.value).startswith(str(tmp_path / "data" / "mli_test_v1.jsonl"))
    assert "neutral" not in str(caught.value)  # an id of data under an agreement


@pytest.mark.parametrize("n_premises", [1, 3])
def test_nothing_left_to_score(data, plan, n_premises):
    data(rows(n_premises))
    with pytest.raises(DataError, match=f"its {3 * n_premises} examples leave none to score beside 3 shots") as caught:
        plan()
    assert "\n" not in str(caught.value)


def test_examples_are_sliced_by_length_in_thirds(plan, data):
    lines = rows(8)
    for i, line in enumerate(lines):
        line["sentence2"] = "x" * (i + 1)
    data(lines)
    for example in plan().examples:
        n = len(example.fields["hypothesis"])  # of 1 to 24
        assert example.slices["length"] == (
            "shortest third" if n <= 8 else "middle third" if n <= 16 else "longest third"
        )


THREE = """
user = "$premise | $hypothesis"
[[wording]]
system = "A"
[[wording]]
system = "B"
[[wording]]
system = "C"
user = "$hypothesis | $premise"
"""


FIRST = PromptTexts(system="A", user="$premise | $hypothesis")


@pytest.fixture
def three(tmp_path):
    """A folder of prompts with three wordings of MedNLI."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "mednli.toml").write_text(THREE, encoding="utf-8")
    return folder


def systems(found):
    """By example id, the system text of its prompt."""
    pairs = zip(found.examples, found.requests, strict=True)
    return {example.id: request.messages[0].content for example, request in pairs}


def test_a_folder_of_prompts_may_hold_any_number_of_wordings(data, plan, three):
    data(rows(12))
    found = plan(prompts=three)
    assert (found.n_wordings, found.n_available, found.info.n_wordings) == (3, 3, 3)
    clusters = {example.cluster: example.wording for example in found.examples}
    assert sorted(Counter(clusters.values()).values()) == [3, 3, 3]  # nine premises beside three shots'
    for example, request in zip(found.examples, found.requests, strict=True):
        assert request.messages[0].content == "ABC"[example.wording - 1]


def test_shots_follow_the_wording_of_their_prompt(data, plan, three):
    data(rows(12))
    found = plan(prompts=three)
    for example, request in zip(found.examples, found.requests, strict=True):
        questions = [turn.content for turn in request.messages if turn.role == "user"]
        premise_is_first = [question.startswith("premise") for question in questions]
        assert premise_is_first == [example.wording != 3] * 4


def test_a_limit_changes_no_wording_and_neither_do_repeats(data, plan, three):
    data(rows(12))
    whole, few = systems(plan(prompts=three)), systems(plan(prompts=three, limit=4))
    assert few.items() <= whole.items()
    assert systems(plan(prompts=three, n_repeats=3)) == whole


def test_another_seed_deals_the_wordings_otherwise(data, plan, three):
    data(rows(40))
    one, other = systems(plan(prompts=three)), systems(plan(prompts=three, seed=1))
    assert any(one[id_] != other[id_] for id_ in one.keys() & other.keys())


def test_fewer_wordings_are_the_first_ones(data, plan, three):
    data(rows(12))
    assert set(systems(plan(prompts=three, n_wordings=1)).values()) == {"A"}
    assert set(systems(plan(prompts=three, n_wordings=2)).values()) == {"A", "B"}
    assert plan(prompts=three, n_wordings=9).requests == plan(prompts=three).requests
    assert plan(prompts=three, n_wordings=1).texts_digest == FIRST.digest


def test_more_wordings_than_any_task_has_are_one_line(data, plan, three):
    data(rows(8))
    found = [plan(prompts=three), plan(prompts=three, n_wordings=1)]
    check_wordings(3, found)
    check_wordings(None, found)
    with pytest.raises(OptionError, match=r"^--wordings=4: a task has 3 wordings at most; name a number from 1 to 3$"):
        check_wordings(4, found)


def test_like_wordings_are_asked_together(data, plan, three):
    data(rows(12))
    found = plan(prompts=three)
    asked = [found.requests[place].messages[0].content for place in found.asking_order]
    assert asked == sorted(asked)
