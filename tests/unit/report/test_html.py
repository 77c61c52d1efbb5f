"""report.html: what stands in it, in what order, and that nothing in it can act or ask for anything."""

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest

from clue_lib.report import examples, html, markdown, of_run, read
from clue_lib.report.averages import Average
from clue_lib.report.contrast import contrast
from clue_lib.report.shown import has_moved
from clue_lib.types import PastScore


class Page(HTMLParser):
    """A page's elements as (tag, attributes), its ids, and the text of each element that may hold code."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.text, self.code, self._open = [], "", {}, ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open = tag if tag in {"script", "style"} else ""

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open:
            self.code.setdefault(self._open, []).append(data)
        else:
            self.text += data

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def source(folder):
    return html.render(read(folder), examples.read(folder / "examples.parquet"))


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_the_verdict_comes_first(finished, page):
    sections = [attributes["id"] for attributes in page.all("section") if "id" in attributes]
    assert sections == [
        *("verdict", "noticed", "gates", "averages", "behaviour", "slices", "flips", "reproduce", "glossary"),
    ]
    found = of_run(finished.info, finished.verdicts)
    assert (
        page.text.index(found.title) < page.text.index("What failed, and why") < page.text.index("Percent and points")
    )
    for verdict in found.failed:
        assert f"{verdict.gate.task} {verdict.gate.metric}" in page.text
        assert verdict.reason in page.text


def test_every_gate_average_and_signature_is_in_it(finished, page):
    found = of_run(finished.info, finished.verdicts)
    for verdict in found.verdicts:
        assert verdict.gate.id in page.text
    for average in found.averages:
        assert average.name in page.text
    assert found.command in page.text
    assert "accuracy|v1|strict" in page.text


def average(name, baseline, candidate):
    return Average(
        name=name,
        baseline=baseline,
        candidate=candidate,
        published_baseline=None,
        published_candidate=None,
        note="" if candidate else "no data",
    )


def test_multiple_choice_stands_against_clinical_work():
    averages = (
        average("mcq", 0.5, 0.6),
        average("nejm", 0.4, 0.5),
        average("mednli", 0.6, 0.5),
        average("meqsum", 0.3, 0.1),
        average("medisumcode", None, None),
        average("level1", 0.45, 0.3),
    )
    kinds = contrast(averages)
    assert [(kind.tasks, round(kind.delta, 9)) for kind in kinds] == [
        (("nejm", "mednli"), 0.0),  # +0.1 and -0.1
        (("meqsum",), -0.2),
        (("mcq",), 0.1),
    ]
    assert contrast(averages[-3:]) == ()


def test_the_contrast_is_on_the_page(page):
    assert "Multiple choice of your own+6.0mcq" in page.text


def test_families_lead_the_drift_then_what_moved(finished):
    rows = html.drift(of_run(finished.info, finished.verdicts))
    kinds = [(not row.gate.is_of_run, not has_moved(row)) for row in rows]
    assert kinds == sorted(kinds)
    assert rows[0].gate.metric == "instruction_following"
    assert all(row.gate.better == "lower" for row in rows)


def test_no_code_runs_but_the_pages_own(page):
    (policy,) = (meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    for kind in ("script", "style"):
        digests = {hashlib.sha256(code.encode()).digest() for code in page.code[kind]}
        allowed = {base64.b64decode(name[8:-1]) for name in rules[f"{kind}-src"].split()}
        assert len(allowed) == 1
        assert allowed <= digests
    assert "unsafe" not in policy


def test_nothing_in_it_asks_a_network(page, source):
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:,")), (tag, attributes)
    assert not re.search(r"@import|url\((?!#)", source)
    assert not page.all("iframe", "object", "embed", "base", "img")


def test_scripts_put_text_into_the_page_as_text_only(page):
    code = "".join(page.code["script"])
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
        assert name not in code


def test_it_can_be_read_and_used_without_eyes_or_mouse(page):
    assert [attributes["lang"] for attributes in page.all("html")] == ["en"]
    assert all(page.all(tag) for tag in ("header", "nav", "main", "footer", "h1", "noscript"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    referred = [a[n] for _, a in page.elements for n in ("aria-labelledby", "for") if n in a]
    assert set(referred) <= set(ids)
    assert {a["href"][1:].partition("?")[0] for a in page.all("a")} <= set(ids)
    assert all("scope" in attributes for attributes in page.all("th"))
    controls = {a["id"] for a in page.all("select", "input")}
    assert controls <= {a["for"] for a in page.all("label")}
    scrollable = [a for _, a in page.elements if "scroll" in a.get("class", "").split()]
    assert scrollable
    assert all(a["tabindex"] == "0" and ("aria-label" in a or "aria-labelledby" in a) for a in scrollable)


def test_without_a_table_of_examples_there_are_no_flips(finished):
    page = Page(html.render(of_run(finished.info, finished.verdicts)))
    assert "Flips" not in page.text
    assert "flips" not in [attributes.get("id") for _, attributes in page.elements]


def test_a_private_page_shows_texts_and_does_not_say_that_it_does_not(finished):
    found = of_run(finished.info, finished.verdicts)
    pages = [html.render(found, examples.table(finished.pairs, key=b"k", private=private)) for private in (False, True)]
    assert ["hashes stand for ids" in page for page in pages] == [True, False]


def test_notes_stand_above_the_verdict(finished):
    text = Page(html.render(of_run(finished.info, finished.verdicts), notes=("Other <thresholds>",))).text
    assert text.index("Other <thresholds>") < text.index("Verdict", text.index("Reproduce"))


def test_a_run_that_compared_nothing_is_shown(info, judged):
    found = of_run(info(), [judged("ERROR", figures=None, reason="the engine died")])
    text = Page(html.render(found)).text
    assert "the engine died" in text
    assert "BROKEN" in text


def test_of_credentialed_data_no_text_is_in_it(finished, source):
    hidden = next(base for base, _ in finished.pairs if base.task == "problem_summary")
    packed = re.search(r'id="examples">([^<]*)<', source)[1]
    import gzip

    content = source + gzip.decompress(base64.b64decode(packed)).decode()
    for response in hidden.responses:
        for part in (response.example.id, response.example.cluster, str(response.example.gold)):
            assert part not in content


def test_another_scoring_stands_beside(finished):
    past = (
        PastScore(task="mednli", metric="accuracy", baseline=0.7, candidate=0.6, note=""),
        PastScore(task="jama", metric="accuracy", baseline=None, candidate=None, note="needs <a package>"),
    )
    info = dataclasses.replace(finished.info, scoring="clue-2024-06", past_scores=past)
    found = of_run(info, finished.verdicts)
    for text in (Page(html.render(found)).text, markdown.render(found)):
        shown = "".join(text.replace("|", "").split())
        assert "mednliaccuracy70.060.0" in shown
        assert "Bythescoringofclue-2024-06" in shown
    assert "needs <a package>" in Page(html.render(found)).text
    assert "--scoring=clue-2024-06" in found.command
