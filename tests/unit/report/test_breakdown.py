"""Slices and the parts of a loss, by hand on tables of a few rows."""

import pandas as pd
import pytest

from clue_lib.report import breakdown


def frame(rows, task="mednli", metric="accuracy"):
    """Rows of (example id, slices, base, candidate, base unparsed, candidate unparsed)."""
    return pd.DataFrame(
        [
            {
                "task": task,
                "example_id": id_,
                "slices": slices,
                f"baseline.{metric}": before,
                f"candidate.{metric}": after,
                "baseline_unparsed": "x" * unread_before,
                "candidate_unparsed": "x" * unread_after,
            }
            for id_, slices, before, after, unread_before, unread_after in rows
        ]
    )


SHORT, LONG, NONE = '{"length":"short"}', '{"length":"long","unit":"icu"}', "{}"


def test_every_group_gets_its_means(judged):
    rows = [
        ("a", SHORT, 1.0, 1.0, 0, 0),
        ("b", LONG, 1.0, 0.0, 0, 0),
        ("c", LONG, 1.0, 0.0, 0, 0),
        ("d", LONG, 0.0, 1.0, 0, 0),
        ("e", NONE, 0.0, 0.0, 0, 0),
    ]
    found = breakdown.slices(frame(rows), [judged().gate])
    assert [(row.name, row.group, row.n) for row in found] == [
        ("length", "long", 3),
        ("length", "short", 1),
        ("unit", "icu", 3),
    ]
    assert (found[0].baseline, found[0].candidate, found[0].delta) == pytest.approx((2 / 3, 1 / 3, -1 / 3))
    assert (found[1].baseline, found[1].candidate, found[1].delta) == (1.0, 1.0, 0.0)


def test_repeats_are_averaged_before_examples(judged):
    """Example a: (1 + 0) / 2 = 0.5; example b, asked once: 1. Mean 0.75, where rows alike would give 2/3."""
    rows = [("a", SHORT, 1.0, 1.0, 0, 0), ("a", SHORT, 0.0, 0.0, 0, 0), ("b", SHORT, 1.0, 1.0, 0, 0)]
    (found,) = breakdown.slices(frame(rows), [judged().gate])
    assert (found.n, found.baseline) == (2, 0.75)


def test_what_the_metric_says_nothing_of_is_left_out(judged):
    rows = [("a", SHORT, 1.0, 1.0, 0, 0), ("b", SHORT, None, None, 0, 0)]
    (found,) = breakdown.slices(frame(rows), [judged().gate])
    assert found.n == 1


def test_only_the_papers_metrics_of_tasks_in_the_table_are_sliced(judged):
    table = frame([("a", SHORT, 1.0, 1.0, 0, 0)])
    others = [judged(metric="empty"), judged(task="meqsum", metric="rouge1"), judged(task="averages", metric="level1")]
    assert breakdown.slices(table, [verdict.gate for verdict in others]) == ()
    assert breakdown.slices(frame([("a", NONE, 1.0, 1.0, 0, 0)]), [judged().gate]) == ()


def test_a_loss_in_two_parts(judged):
    """Five examples: one lost unreadably, two wrong though readable, one gained from unreadable, one as it was."""
    rows = [
        ("a", NONE, 1.0, 0.0, 0, 1),
        ("b", NONE, 1.0, 0.0, 0, 0),
        ("c", NONE, 1.0, 0.0, 0, 0),
        ("d", NONE, 0.0, 1.0, 1, 0),
        ("e", NONE, 1.0, 1.0, 0, 0),
    ]
    (loss,) = breakdown.losses(frame(rows), [judged().gate])
    assert (loss.task, loss.delta, loss.from_format, loss.among_parsed) == pytest.approx(("mednli", -0.4, 0.0, -0.4))


def test_the_parts_add_up_to_the_gates_own_difference(finished, folder):
    from clue_lib.report import examples

    table = examples.read(folder / "examples.parquet")
    gates = {
        verdict.gate.task: verdict.comparison for verdict in finished.verdicts if verdict.gate.metric == "accuracy"
    }
    losses = breakdown.losses(table, [verdict.gate for verdict in finished.verdicts])
    assert {loss.task for loss in losses} == {"mednli", "jama"}
    for loss in losses:
        assert loss.from_format + loss.among_parsed == pytest.approx(loss.delta)
        assert loss.delta == pytest.approx(gates[loss.task].inference.delta)
