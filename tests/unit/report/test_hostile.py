"""Hostile text in every format: a model's answers, ids, slices, reasons and names, all of them attacks.

`fake_run.HOSTILE` holds them: markup, a closing script, ANSI that clears a screen, right-to-left overrides, workflow
commands, mentions, links, table cells, a lone surrogate.
"""

import base64
import dataclasses
import gzip
import json
import re
import unicodedata
from contextlib import nullcontext
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_run import HOSTILE
from markdown_it import MarkdownIt

from clue_lib.plugin.progress import LogView, ProgressPrinter
from clue_lib.report import (
    examples,
    folder,
    gate_json,
    github,
    header,
    html,
    markdown,
    of_run,
    read,
    side_by_side,
    terminal,
)
from clue_lib.report.average_lines import average_lines
from clue_lib.report.gate_table import table
from clue_lib.text import printable, readable, storable
from clue_lib.types import PastScore, Waiver

ACTIONS = {"GITHUB_ACTIONS": "true"}
OWN_TAGS = {"img", "svg", "script", "iframe", "object", "embed", "a", "form", "input", "link", "meta", "base"}


class Reader(HTMLParser):
    """A document's tags with their attributes, and its text."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def frame(attacked_folder):
    return examples.read(attacked_folder / "examples.parquet")


@pytest.fixture(scope="module")
def run(attacked_folder):
    return read(attacked_folder)


@pytest.fixture(scope="module")
def page(run, frame):
    return html.render(run, frame, notes=(HOSTILE[0],))


@pytest.fixture(scope="module")
def comment(run, frame):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "N_FLIPS", len(HOSTILE))
        return markdown.render(run, frame, notes=(HOSTILE[0], HOSTILE[4]))


def steering(text, allowed="\n\t"):
    return {char for char in text if unicodedata.category(char)[0] == "C" and char not in allowed}


def test_the_terminal_shows_no_control_and_no_command(attacked):
    lines = [
        *header(attacked.info),
        *(line for line, _ in table(attacked.verdicts)),
        *average_lines(attacked.document.averages),
        *(line for line, _ in terminal.closing(attacked.document)),
        *terminal.next_steps(attacked.document, "r"),
        *side_by_side.render(dict.fromkeys(map(Path, HOSTILE), attacked.document)).splitlines(),
    ]
    assert "onerror=alert(1)" in "".join(lines)
    for line in lines:
        assert not steering(line)
        assert "::" not in line
        assert "##[" not in line


def test_a_failing_tests_text_shows_no_control_and_no_command(attacked):
    for found in attacked.verdicts:
        for line in found.explain().splitlines():
            assert not steering(line)
            assert "::" not in line


def test_junits_properties_are_one_harmless_line_each(attacked):
    values = [value for found in attacked.verdicts for _, value in gate_json.properties(found)]
    assert any("onerror" in value for value in values if isinstance(value, str))
    for value in values:
        assert not steering(str(value), allowed="")
        assert "::" not in str(value)


def test_annotations_hold_one_command_each(run):
    lines = github.annotations(run, ACTIONS)
    assert lines
    for line in lines:
        assert re.match(r"::(error|warning) title=[^:,]*::", line)
        assert not steering(line, allowed="")
        assert not re.search(r"[\r\n]", line)


def test_gate_json_is_json_with_the_text_as_data(attacked):
    written = gate_json.render(attacked.document)
    reasons = {gate["margin_reason"] for gate in json.loads(written)["gates"]}
    assert any(HOSTILE[0] in reason for reason in reasons)
    assert b"\x1b" not in written


def test_the_table_of_examples_holds_the_text_as_data(attacked, frame):
    for base, tuned in attacked.pairs:
        of_task = frame[frame["task"] == base.task]
        assert of_task["candidate_text"].tolist() == [storable(r.generation.text) for r in tuned.responses]
        assert of_task["example_id"].tolist() == [storable(r.example.id) for r in base.responses]


def test_the_page_shows_it_as_text(page):
    clean = Reader(html.render(document_without_attacks()))
    read = Reader(page)
    for tag in OWN_TAGS - {"link", "meta", "a", "input", "script", "svg", "form"}:
        assert not [1 for found, _ in read.elements if found == tag], tag
    assert not [a for _, a in read.elements if any(name.startswith("on") for name in a)]
    assert all(a["href"].startswith("#") for tag, a in read.elements if tag == "a")
    assert sum(tag == "script" for tag, _ in read.elements) == sum(tag == "script" for tag, _ in clean.elements) + 1
    assert HOSTILE[0] in read.text
    assert "</script><script>alert(2)</script>" in read.text
    assert not steering(page)


def document_without_attacks():
    from fake_run import fake_run

    run = fake_run(tasks=("jama",))
    return run.document


def test_the_pages_examples_are_clean_data(page):
    data = json.loads(gzip.decompress(base64.b64decode(re.search(r'id="examples">([^<]*)<', page)[1])))
    texts = data["texts"]["candidate_text"]
    for attack in HOSTILE:
        assert readable(storable(attack)) in texts
    assert not steering("".join("".join(column) for column in data["texts"].values()))
    assert not steering("".join("".join(column["values"]) for column in data["names"].values()))


def test_the_comment_shows_it_as_text(comment):
    read = Reader(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(comment))
    tags = {tag for tag, _ in read.elements}
    assert tags <= {
        *("h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"),
        "details",
        "summary",
        "pre",
        "code",
    }
    assert [a for tag, a in read.elements if tag not in {"th", "td"} and a] == []
    shown = read.text.replace("\u200b", "")
    for attack in HOSTILE[:8]:
        assert printable(attack) in shown or printable(storable(attack)) in shown, attack
    assert not steering(comment, allowed="\n")


def test_the_comment_mentions_nobody_and_links_nothing(comment):
    for name in ("@everyone", "&#64;everyone", "](", "://", "#1 "):
        assert name not in comment.replace("&#8203;", "\u200b")
    assert "&#64;&#8203;everyone" in comment


def test_the_comment_holds_no_line_that_github_takes_for_a_command(comment):
    assert not [line for line in comment.splitlines() if line.lstrip().startswith("::")]


def test_every_format_is_covered(attacked_folder):
    folder.write(attacked_folder, read(attacked_folder))
    assert {path.name for path in attacked_folder.iterdir()} == {
        "gate.json",
        "examples.parquet",
        "report.html",
        "report.md",
    }


def test_the_whole_summary_shows_no_control_and_no_command(attacked):
    """Waivers, notes beside past scores and the folder's name are users' words too."""
    attack = " ".join(HOSTILE)
    run = dataclasses.replace(
        attacked.info,
        thresholds=attack,
        waivers=(Waiver(gate="level1.mednli.accuracy", owner=attack, reason=attack, expires="2999-01-01"),),
        past_scores=(PastScore(task="mednli", metric="accuracy", baseline=None, candidate=None, note=attack),),
        scoring="clue-2024-06",
    )
    lines = [line for line, _ in terminal.summary(of_run(run, attacked.verdicts), attack)]
    assert "onerror=alert(1)" in "".join(lines)
    for line in lines:
        assert not steering(line, allowed="")
        assert "::" not in line
        assert not re.search(r"##\w*\[", line)
        assert len(line) <= 80


def test_a_thresholds_files_name_is_text_in_a_failing_test(attacked):
    gate = dataclasses.replace(attacked.verdicts[0].gate, file=" ".join(HOSTILE))
    text = dataclasses.replace(attacked.verdicts[0], gate=gate).explain()
    assert not steering(text)
    assert not [line for line in text.splitlines() if "::" in line or re.search(r"##\w*\[", line)]


def test_a_note_among_the_progress_is_one_harmless_line(capsys):
    tell = ProgressPrinter(LogView(), SimpleNamespace(global_and_fixture_disabled=nullcontext))
    for attack in HOSTILE:
        tell(attack)
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == len(HOSTILE)
    assert not steering(shown)
    assert "::" not in shown
