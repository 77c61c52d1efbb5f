"""Prompts: texts from files, few-shot choice, nested subsets and rendered messages."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.errors import PromptError
from clue_lib.tasks import prompts
from clue_lib.tasks.prompts import PromptTexts
from clue_lib.types import Example, Message

CLUSTERS = st.lists(st.sampled_from("PQRST"), min_size=1, max_size=20)
SEEDS = st.integers(0, 1000)


def make(clusters, golds="x"):
    return [
        Example(id=f"id{number}", cluster=cluster, fields={}, gold=golds[number % len(golds)])
        for number, cluster in enumerate(clusters)
    ]


def ids(examples):
    return [example.id for example in examples]


# The first digits of `printf SEED:ID | sha256sum` (GNU coreutils 9.1):
# 0:a 9df3, 0:b e021, 0:c be08, 0:d 7d98, 0:e e078; 1:a 4162, 1:b 6f05, 1:c b8a9, 1:d 244b, 1:e 69a1.
@pytest.mark.parametrize(("seed", "order"), [(0, "dacbe"), (1, "daebc")])
def test_stable_order_is_by_sha256_of_seed_and_id(seed, order):
    assert "".join(prompts.stable_order("abcde", seed)) == order


HASHED = [
    Example(id="a", cluster="P", fields={}, gold="x"),
    Example(id="b", cluster="P", fields={}, gold="y"),
    Example(id="c", cluster="Q", fields={}, gold="x"),
    Example(id="d", cluster="Q", fields={}, gold="x"),
    Example(id="e", cluster="R", fields={}, gold="x"),
]


# By hand from the order d a c b e of seed 0: the first of each cluster are d, a, e, then c, then b.
@pytest.mark.parametrize(("limit", "kept"), [(1, "d"), (2, "ad"), (3, "ade"), (4, "acde"), (5, "abcde"), (9, "abcde")])
def test_subset_takes_every_cluster_once_before_any_twice(limit, kept):
    assert "".join(ids(prompts.subset(HASHED, limit, 0))) == kept


# By hand from the same order: d shows gold x, so b with gold y comes before a and e; P and Q are then used up.
@pytest.mark.parametrize(("n", "shots"), [(0, ""), (1, "d"), (2, "db"), (3, "dbe"), (4, "dbe")])
def test_shots_show_an_unseen_gold_first_and_each_cluster_once(n, shots):
    assert "".join(ids(prompts.choose_shots(HASHED, n, 0))) == shots


@given(CLUSTERS, SEEDS)
def test_no_limit_keeps_all(clusters, seed):
    examples = make(clusters)
    assert prompts.subset(examples, None, seed) == tuple(examples)


@given(CLUSTERS, st.integers(1, 20), SEEDS)
def test_subsets_are_nested_and_in_the_given_order(clusters, limit, seed):
    examples = make(clusters)
    smaller, larger = (ids(prompts.subset(examples, n, seed)) for n in (limit, limit + 1))
    assert len(smaller) == min(limit, len(examples))
    assert set(smaller) <= set(larger)
    assert larger == [id_ for id_ in ids(examples) if id_ in larger]


@given(CLUSTERS, st.integers(1, 20), SEEDS)
def test_subset_takes_clusters_evenly(clusters, limit, seed):
    taken = Counter(example.cluster for example in prompts.subset(make(clusters), limit, seed))
    unfinished = [taken[cluster] for cluster, size in Counter(clusters).items() if taken[cluster] < size]
    assert max(taken.values()) - min(unfinished, default=limit) <= 1


@given(CLUSTERS, st.integers(1, 20), SEEDS, st.randoms())
def test_subset_and_shots_do_not_depend_on_the_files_order(clusters, n, seed, random):
    examples = make(clusters, "xyz")
    shuffled = random.sample(examples, len(examples))
    assert set(ids(prompts.subset(shuffled, n, seed))) == set(ids(prompts.subset(examples, n, seed)))
    assert prompts.choose_shots(shuffled, n, seed) == prompts.choose_shots(examples, n, seed)


@given(CLUSTERS, st.integers(0, 8), SEEDS)
def test_shots_come_from_as_many_clusters(clusters, n, seed):
    shots = prompts.choose_shots(make(clusters, "xy"), n, seed)
    assert len({shot.cluster for shot in shots}) == len(shots) == min(n, len(set(clusters)))


@given(st.integers(3, 8), SEEDS)
def test_three_shots_show_three_labels_once_each(n_clusters, seed):
    clusters = [str(number // 3) for number in range(3 * n_clusters)]
    shots = prompts.choose_shots(make(clusters, ["entailment", "neutral", "contradiction"]), 3, seed)
    assert sorted(shot.gold for shot in shots) == ["contradiction", "entailment", "neutral"]


def test_other_seeds_choose_other_examples():
    examples = make("abcdefghijklmnopqrst")
    assert len({tuple(ids(prompts.choose_shots(examples, 3, seed))) for seed in range(5)}) == 5
    assert len({tuple(ids(prompts.subset(examples, 10, seed))) for seed in range(5)}) == 5


TEXTS = PromptTexts(system="\nAnswer.\n", user="\nQ: $question\nA:\n")
QUESTION = Example(id="q", cluster="q", fields={"question": "Why $5, not $question?"}, gold="B")
SHOT = Example(id="s", cluster="s", fields={"question": "What?"}, gold="A")


def test_render_puts_system_then_shots_then_the_question():
    prompt = prompts.render(TEXTS, [(SHOT, "A")], QUESTION)
    assert prompt.example_id == "q"
    assert prompt.messages == (
        Message(role="system", content="Answer."),
        Message(role="user", content="Q: What?\nA:"),
        Message(role="assistant", content="A"),
        Message(role="user", content="Q: Why $5, not $question?\nA:"),
    )


def test_render_without_shots_asks_the_question_only():
    assert [message.role for message in prompts.render(TEXTS, [], QUESTION).messages] == ["system", "user"]


def test_doubled_dollar_is_a_dollar():
    texts = PromptTexts(system="", user="$$5: $question")
    assert prompts.render(texts, [], SHOT).messages[-1].content == "$5: What?"


@pytest.mark.parametrize("user", ["$answer", "${question", "costs 5 $", "a\nlong\ntext with $answer"])
def test_placeholder_that_is_no_field_is_one_line_that_names_the_fields(user):
    with pytest.raises(PromptError, match="the fields are question") as caught:
        prompts.render(PromptTexts(system="", user=user), [], SHOT)
    assert "\n" not in str(caught.value)


def test_any_change_of_wording_changes_the_digest():
    texts = [PromptTexts(system=s, user=u) for s, u in (("a", "b"), ("b", "a"), ("ab", ""), ("a", "b "))]
    assert len({each.digest for each in texts}) == 4
    assert texts[0].digest == PromptTexts(system="a", user="b").digest
