"""Wordings: read from a task's file or a user's, all of one question, and dealt to clusters by the seed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.errors import PromptError
from clue_lib.tasks import prompts, wordings
from clue_lib.tasks.prompts import PromptTexts
from clue_lib.types import Example

CLUSTERS = st.lists(st.sampled_from("PQRSTUVW"), min_size=1, max_size=40)
SEEDS = st.integers(0, 1000)
NUMBERS = st.integers(1, 9)


def make(clusters):
    return [Example(id=f"id{i}", cluster=cluster, fields={}, gold="x") for i, cluster in enumerate(clusters)]


def test_texts_of_a_folder_replace_the_packages(tmp_path):
    (tmp_path / "mednli.toml").write_text('system = "S"\nuser = "$premise é"\n', encoding="utf-8")
    assert wordings.load("mednli", tmp_path) == (PromptTexts(system="S", user="$premise é"),)
    assert wordings.load("mednli") != wordings.load("mednli", tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'system = "S"', "field `user`"),
        (b'system = "S"\nuser = "U"\nextra = "E"', "field `extra`"),
        (b'system = 1\nuser = "U"', "got `int`"),
        (b"system = \n", "line 1"),
        (b'system = "\xff"\nuser = "U"', "utf-8"),
        (b"", "field `system`"),
    ],
)
def test_texts_that_are_not_two_strings_are_one_line_that_names_the_file(tmp_path, content, problem):
    path = tmp_path / "mednli.toml"
    path.write_bytes(content)
    with pytest.raises(PromptError, match=problem) as caught:
        wordings.load("mednli", tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_folder_without_the_tasks_texts_is_told(tmp_path):
    with pytest.raises(PromptError, match=r"no mednli\.toml in it") as caught:
        wordings.load("mednli", tmp_path)
    assert str(tmp_path) in str(caught.value)


def written(folder, text):
    (folder / "mednli.toml").write_text(text, encoding="utf-8")
    return wordings.load("mednli", folder)


def test_what_stands_above_the_tables_holds_for_each_without_its_own(tmp_path):
    found = written(
        tmp_path,
        """
        user = "$premise $hypothesis"
        [[wording]]
        system = "A"
        [[wording]]
        system = "B"
        user = "$hypothesis $premise"
        [[wording]]
        system = ""
        """,
    )
    assert found == (
        PromptTexts(system="A", user="$premise $hypothesis"),
        PromptTexts(system="B", user="$hypothesis $premise"),
        PromptTexts(system="", user="$premise $hypothesis"),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("wording = []", "`wording` is empty; write a [[wording]] table, or the"),
        ("[[wording]]\nsystem = 'A'", "wording 1 has no `user`, and none stands above the tables"),
        ("user = '$a'\n[[wording]]\nsystem = 'A'\n[[wording]]\nuser = '$a b'", "wording 2 has no `system`"),
        ("system = 'A'\n[[wording]]\nuser = '$a $b'\n[[wording]]\nuser = '$a'", "wording 2 lacks $b, which wording 1"),
        ("system = 'A'\n[[wording]]\nuser = '$a'\n[[wording]]\nuser = '$a $b'", "wording 2 has $b, which wording 1 l"),
        ("system = 'A'\n[[wording]]\nuser = '$a'\n[[wording]]\nuser = '$a'", "wording 2 is wording 1 again"),
        ("[[wording]]\nsystem = 'A'\nuser = '$a'\nanswer = 'B'", "unknown field `answer` - at `$.wording[0]`"),
        ("[[wording]]\nsystem = 1\nuser = '$a'", "got `int` - at `$.wording[0].system`"),
        ("wording = 'A'", "got `str`"),
    ],
)
def test_a_file_whose_wordings_are_not_of_one_question_is_one_line(tmp_path, text, problem):
    with pytest.raises(PromptError) as caught:
        written(tmp_path, text)
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'mednli.toml'}: ")
    assert "\n" not in str(caught.value)


def test_one_wording_has_its_own_digest_and_several_another(tmp_path):
    one, two = PromptTexts(system="A", user="B"), PromptTexts(system="B", user="A")
    assert wordings.digest((one,)) == one.digest
    assert len({wordings.digest(each) for each in ((one,), (two,), (one, two), (two, one))}) == 4


# By hand: `printf SEED:ID | sha256sum` (GNU coreutils 9.1) orders a to e under seed 0 as d a c b e (see test_prompts),
# and the numbers 1, 2, 3 (ef13, 9328, 76d3) as 3 2 1. The clusters stand in the order Q (d), P (a), R (e).
def test_wordings_are_dealt_round_in_the_order_in_which_a_subset_takes_clusters():
    examples = [Example(id=id_, cluster=c, fields={}, gold="x") for id_, c in zip("abcde", "PPQQR", strict=True)]
    assert wordings.deal(examples, 3, 0) == {"Q": 3, "P": 2, "R": 1}
    assert wordings.deal(examples, 1, 0) == {"Q": 1, "P": 1, "R": 1}


@given(CLUSTERS, NUMBERS, SEEDS)
def test_every_wording_gets_about_as_many_clusters(clusters, n, seed):
    counts = Counter(wordings.deal(make(clusters), n, seed).values())
    assert set(counts) <= set(range(1, n + 1))
    assert len(counts) == min(n, len(set(clusters)))
    assert max(counts.values()) - min(counts[number] for number in range(1, n + 1)) <= 1


@given(CLUSTERS, NUMBERS, SEEDS, st.integers(1, 40))
def test_the_deal_of_a_subset_is_balanced_too(clusters, n, seed, limit):
    examples = make(clusters)
    dealt = wordings.deal(examples, n, seed)
    kept = {example.cluster for example in prompts.subset(examples, limit, seed)}
    counts = Counter(dealt[cluster] for cluster in kept)
    assert max(counts.values()) - min(counts[number] for number in range(1, n + 1)) <= 1


@given(CLUSTERS, NUMBERS, SEEDS, st.randoms())
def test_the_deal_does_not_depend_on_the_files_order(clusters, n, seed, random):
    examples = make(clusters)
    assert wordings.deal(random.sample(examples, len(examples)), n, seed) == wordings.deal(examples, n, seed)


def test_another_seed_deals_otherwise():
    examples = make("abcdefghijklmnopqrst")
    assert len({tuple(sorted(wordings.deal(examples, 8, seed).items())) for seed in range(5)}) == 5
