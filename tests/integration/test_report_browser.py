"""report.html in Chromium, headless: by click and by keyboard, wide and narrow, light and dark, under attack."""

import base64
import itertools
import json
import time
from urllib.parse import urlencode

import browser
import pandas as pd
import pytest
from fake_run import HOSTILE, fake_run

from clue_lib.report import examples, read
from clue_lib.report import folder as report_folder
from clue_lib.report.forest import forest
from clue_lib.report.glossary import meanings
from clue_lib.tasks import TASKS as TASKS_BY_NAME
from clue_lib.text import readable, storable

pytestmark = pytest.mark.skipif(
    browser.chromium() is None, reason="needs chromium and chromedriver (apt-get install chromium chromium-driver)"
)
TASKS = ("mednli", "meqsum", "problem_summary", "medisumcode", "jama")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The report of a run with 300 examples, one task credentialed, and hostile text at the head of each task."""
    run = fake_run(tasks=TASKS, tiers={"problem_summary": "credentialed"}, n=60, hostile=True, mcq=True)
    found = run.write(tmp_path_factory.mktemp("browsed"))
    report_folder.write(found, read(found))
    return found


@pytest.fixture(scope="module")
def frame(folder):
    return examples.read(folder / "examples.parquet")


@pytest.fixture(scope="module")
def driver(folder):
    with browser.opened(folder / "report.html") as opened:
        yield opened


@pytest.fixture
def page(driver):
    """The page at its top, where nothing is below the menu, with its filters reset."""
    driver.execute_script("scrollTo(0, 0)")
    find(driver, "#filters button[type=reset]").click()
    wait(driver, lambda: find(driver, "#direction").get_property("value") == "worse")
    wait(driver, lambda: shown(driver) > 0)
    return driver


def find(driver, selector):
    from selenium.webdriver.common.by import By

    return driver.find_element(By.CSS_SELECTOR, selector)


def find_all(driver, selector):
    from selenium.webdriver.common.by import By

    return driver.find_elements(By.CSS_SELECTOR, selector)


def centred(driver, node):
    """The node in the middle of the window: chromedriver scrolls what it clicks on below the menu that stays."""
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", node)
    return node


def choose(driver, name, value):
    from selenium.webdriver.support.ui import Select

    Select(find(driver, f"#{name}")).select_by_value(value)


def wait(driver, condition):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, browser.SECONDS).until(lambda _: condition())


def press(driver, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


def type_into(driver, name, text):
    """Replace a field's text and wait until the examples follow."""
    find(driver, f"#{name}").clear()
    find(driver, f"#{name}").send_keys(text)
    wait(driver, lambda: find(driver, "#examples-list").get_attribute("aria-busy") == "false")


def shown(driver):
    """How many examples the filters let through, as the page says."""
    return int(find(driver, "#count").text.split()[0].replace(",", ""))


def open_first(driver):
    """Click on the first example; what it opens is built once the browser says that it is open."""
    find(driver, ".example summary").click()
    wait(driver, lambda: find_all(driver, ".example .body"))


def focused(driver, script):
    return driver.execute_script(f"const node = document.activeElement; return {script}")


def test_it_says_nothing_on_the_console_and_asks_for_nothing(folder):
    with browser.opened(folder / "report.html") as driver:
        choose(driver, "direction", "all")
        find(driver, ".example summary").click()
        assert browser.console(driver) == []
        asked = [url for url in browser.requests(driver) if not url.startswith("data:")]
        assert asked == [(folder / "report.html").as_uri()]


def test_the_policy_is_in_force(driver):
    """Proof that the empty console above means something: what the policy forbids does not run."""
    driver.execute_script(
        "const bad = document.createElement('script'); bad.textContent = 'window.owned = 1';"
        "document.body.append(bad); bad.remove();"
    )
    assert driver.execute_script("return window.owned") is None
    assert any("Content Security Policy" in line for line in browser.console(driver))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("direction", ["worse", "better", "changed", "all"])
def test_filters_let_through_what_the_table_holds(page, frame, task, direction):
    choose(page, "task", task)
    choose(page, "metric", "unparsed")
    choose(page, "direction", direction)
    of_task = frame[frame["task"] == task]
    change = of_task["baseline.unparsed"] - of_task["candidate.unparsed"]  # lower is better
    wanted = {"worse": change < 0, "better": change > 0, "changed": change != 0, "all": change == change}[direction]
    assert shown(page) == wanted.sum()


def test_the_mean_of_the_papers_metrics_is_the_first_choice(page, frame):
    clue = {task: TASKS_BY_NAME[task].clue_metrics for task in TASKS}
    worse = 0
    for _, row in frame.iterrows():
        changes = [row[f"candidate.{name}"] - row[f"baseline.{name}"] for name in clue[row["task"]]]
        known = [round(change, 4) for change in changes if change == change]
        worse += bool(known) and sum(known) < 0
    assert shown(page) == worse


def test_failure_mode_cluster_and_text_narrow_further(page, frame):
    choose(page, "direction", "all")
    assert shown(page) == len(frame)
    choose(page, "mode", "truncated")
    either = (frame["baseline.truncated"] == 1) | (frame["candidate.truncated"] == 1)
    assert shown(page) == either.sum() > 0
    choose(page, "mode", "*")
    cluster = frame["cluster"][frame["task"] == "mednli"].iloc[-1]
    type_into(page, "cluster", readable(cluster))
    assert shown(page) == (frame["cluster"] == cluster).sum()
    type_into(page, "cluster", " ")
    assert shown(page) == len(frame)
    type_into(page, "search", "The Correct answer is NO.")
    assert shown(page) == (frame["candidate_text"] == "The correct answer is no.").sum()


def test_metrics_are_those_of_the_chosen_task(page):
    choose(page, "task", "medisumcode")
    names = {option.get_attribute("value") for option in find_all(page, "#metric option")}
    assert {"*", "code_f1", "unparsed"} <= names
    assert not {"accuracy", "rouge1"} & names


def test_a_flip_shows_both_answers_with_what_was_read_and_scored(page, frame):
    choose(page, "task", "mednli")
    choose(page, "metric", "accuracy")
    type_into(page, "search", "The correct answer is no.")
    rows = frame[(frame["task"] == "mednli") & (frame["candidate_text"] == "The correct answer is no.")]
    rows = rows[rows["baseline.accuracy"] == 1]
    row = rows.iloc[0]
    assert shown(page) == len(rows)
    open_first(page)
    text = find(page, ".example .body").text
    for part in (row["gold"], row["baseline_text"], row["candidate_text"], "not readable: no label", "unparsed"):
        assert part in text
    assert [node.text for node in find_all(page, ".example .answers h4")] == ["Base", "Candidate"]
    assert find(page, ".answers del").text == row["baseline_text"]
    assert find(page, ".answers ins").text == row["candidate_text"]
    accuracy = find(page, ".example table tbody tr").text.split()
    assert accuracy == ["accuracy", "100.0", "0.0", "−100.0"]


def test_words_are_marked_only_where_asked(page):
    assert find_all(page, "ins") == []
    open_first(page)
    assert find_all(page, "ins")
    find(page, "#diff").click()
    open_first(page)
    assert find_all(page, "ins") == []
    find(page, "#diff").click()


def test_pages_of_fifty(page, frame):
    choose(page, "direction", "all")
    assert len(find_all(page, ".example")) == 50
    assert find(page, "#page").text == "page 1 of 6"  # 300 examples
    assert not find(page, "#previous").is_enabled()
    first = find(page, ".example .id").text
    find(page, "#next").click()
    assert find(page, "#count").text == "300 of 300 examples, 51 to 100 shown"
    assert find(page, ".example .id").text != first
    assert focused(page, "node.tagName") == "SUMMARY"
    find(page, "#previous").click()
    assert find(page, ".example .id").text == first


def test_the_worst_stands_first(page):
    choose(page, "task", "meqsum")
    choose(page, "metric", "rougeL")
    deltas = [float(node.text.replace("−", "-")) for node in find_all(page, ".example .delta")]
    assert deltas == sorted(deltas)
    assert deltas[-1] < 0


def test_everything_can_be_done_by_keyboard(page):
    from selenium.webdriver.common.keys import Keys

    page.execute_script("document.getElementById('task').focus()")
    press(page, "med")  # typing selects the first option that begins so
    assert find(page, "#task").get_property("value") == "mednli"
    press(page, Keys.TAB, "acc")
    assert find(page, "#metric").get_property("value") == "accuracy"
    press(page, Keys.TAB, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert find(page, "#direction").get_property("value") == "all"
    assert shown(page) == 60
    press(page, *[Keys.TAB] * 9)  # mode, cluster, text, words, reset, CSV, link, a term, first example
    assert focused(page, "node.tagName") == "SUMMARY"
    press(page, Keys.ENTER)
    assert focused(page, "node.parentNode.open") is True
    wait(page, lambda: find_all(page, ".example .body .answers"))
    assert find(page, ".example .body .answers").is_displayed()
    press(page, Keys.ARROW_DOWN)
    assert focused(page, "[...document.querySelectorAll('.example summary')].indexOf(node)") == 1
    press(page, Keys.SPACE)
    assert focused(page, "node.parentNode.open") is True
    press(page, Keys.ARROW_UP, Keys.ENTER)
    assert focused(page, "node.parentNode.open") is False


def test_the_skip_link_is_the_first_stop(folder):
    from selenium.webdriver.common.keys import Keys

    with browser.opened(folder / "report.html") as driver:
        press(driver, Keys.TAB)
        assert focused(driver, "node.textContent") == "Skip to the verdict"
        assert focused(driver, "node.getBoundingClientRect().width") > 50
        press(driver, Keys.ENTER)
        assert driver.execute_script("return location.hash") == "#verdict"


def test_a_failed_gate_leads_to_its_flips(page, folder):
    failed = [one.gate for one in read(folder).failed if one.comparison is not None and not one.gate.is_of_run]
    links = {f"#flips?{urlencode({'task': gate.task, 'metric': gate.metric})}" for gate in failed}
    assert {link.get_dom_attribute("href") for link in find_all(page, ".jump")} == links
    metric = next(gate.metric for gate in failed if gate.task == "meqsum")
    button = find(page, f".jump[href$='task=meqsum&metric={metric}']")
    centred(page, button).click()
    wait(page, lambda: find(page, "#task").get_property("value") == "meqsum")
    assert find(page, "#metric").get_property("value") == metric
    assert find(page, "#direction").get_property("value") == "worse"
    assert focused(page, "node.id") == "task"


def test_columns_sort_and_say_so(page):
    centred(page, find(page, "#gates details summary")).click()
    heading = find(page, "#gates th[data-sort=number]:nth-child(5)")
    for order in ("ascending", "descending"):
        centred(page, heading.find_element("css selector", "button")).click()
        assert heading.get_attribute("aria-sort") == order
        values = [float(node.get_attribute("data-value")) for node in find_all(page, "#gates tbody td:nth-child(5)")]
        assert values == sorted(values, reverse=order == "descending")
    centred(page, find(page, "#gates details summary")).click()


def test_of_credentialed_data_there_is_no_text(page):
    choose(page, "task", "problem_summary")
    open_first(page)
    text = find(page, ".example").text
    assert "Texts are withheld: the data is credentialed." in text
    assert "rouge1" in text
    assert find_all(page, ".example .text") == []


@pytest.mark.slow
def test_attacks_are_text(page):
    choose(page, "direction", "all")
    choose(page, "task", "mednli")
    for attack in HOSTILE:
        visible = readable(storable(attack)).replace("\ufffd", "")
        type_into(page, "search", visible.splitlines()[0])
        assert 0 < shown(page) < 60, attack
        open_first(page)
    assert find_all(page, "img, iframe, object, main script") == []
    assert page.execute_script("return document.scripts.length") == 1
    for link in find_all(page, "a"):
        assert link.get_attribute("href").startswith("file:")
    assert browser.console(page) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the patient has asthma", "the man has no asthma"),
        ("", "all new"),
        ("gone", ""),
        ("same same", "same same"),
        ("  two\n\nlines ", "two lines\tmore"),
        ("a " * 500, "a b " * 250),
        ("x " * 2000, "y " * 2000),
    ],
)
def test_the_marked_words_are_the_texts(driver, before, after):
    left, right = driver.execute_script("return wordDiff(arguments[0], arguments[1])", before, after)
    assert "".join(text for text, _ in left) == before
    assert "".join(text for text, _ in right) == after
    common = [" ".join(text for text, is_common in side if is_common).split() for side in (left, right)]
    assert len(before) > 3000 or common[0] == common[1]


def test_few_words_are_marked(driver):
    left, right = driver.execute_script("return wordDiff('the patient has asthma', 'the man has no asthma')")
    assert left == [["the ", True], ["patient", False], [" has asthma", True]]
    assert [text.strip() for text, is_common in right if not is_common] == ["man", "no"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_window_in_both_colour_schemes(folder, width, scheme):
    with browser.opened(folder / "report.html", width=width, scheme=scheme) as driver:
        for details in find_all(driver, ".example summary")[:3]:
            details.click()
        driver.execute_script("document.querySelectorAll('details.print').forEach((part) => { part.open = true; })")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        colours = "const style = getComputedStyle(document.body); return [style.color, style.backgroundColor]"
        (text, ground) = (luminance(colour) for colour in driver.execute_script(colours))
        assert (text < ground) == (scheme == "light")
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) > 7  # WCAG 2.2, contrast (enhanced)
        assert [node.is_displayed() for node in find_all(driver, "#gates .plot")] == [width == 1280, width == 390]


OUTSIDE = """
return [...document.querySelectorAll("svg")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  return boxes.filter(([, box]) => box.left < frame.left || box.right > frame.right).map(([text]) => text);
});
"""


@pytest.mark.parametrize(("narrow", "width"), [(False, 1280), (True, 390)])
def test_every_gates_name_fits_its_plot(tmp_path, narrow, width):
    verdicts = fake_run().verdicts
    plot = forest(verdicts, title="all", narrow=narrow)
    (tmp_path / "plot.html").write_text(f"<html data-ready=1><meta charset=utf-8>{plot}", encoding="utf-8")
    with browser.opened(tmp_path / "plot.html", width=width) as driver:
        assert len(find_all(driver, "svg text")) > 2 * len(verdicts)
        assert driver.execute_script(OUTSIDE) == []


def luminance(colour):
    """Relative luminance of rgb(r, g, b), as WCAG 2.2 defines it."""
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def at(folder, hash_, **options):
    """The report opened by a permanent link."""
    return browser.opened(folder / "report.html", hash_=hash_, **options)


def test_a_link_to_an_example_opens_it(folder, frame):
    row = frame[frame["task"] == "jama"].iloc[-1]
    query = urlencode({"task": "jama", "id": readable(row["example_id"])})
    with at(folder, f"#example?{query}") as driver:
        (opened,) = find_all(driver, ".example details[open]")
        assert row["gold"] in opened.find_element("css selector", ".body").text
        assert focused(driver, "node.tagName") == "SUMMARY"
        assert find(driver, "#direction").get_property("value") == "all"
        top = driver.execute_script("return document.activeElement.getBoundingClientRect().top")
        assert 0 < top < 300  # in sight, and below the menu


def test_a_link_to_no_example_of_this_run_says_so(folder):
    with at(folder, "#example?task=jama&id=no-such") as driver:
        assert find(driver, "#count").text == "This run has no example of that link."
        assert find_all(driver, ".example details[open]") == []


def test_a_link_to_a_filter_sets_it(folder, frame):
    with at(folder, "#flips?task=mednli&metric=unparsed&direction=all&search=The+correct&page=1") as driver:
        expected = frame[(frame["task"] == "mednli") & frame["candidate_text"].str.contains("The correct")]
        assert shown(driver) == len(expected) > 0
        chosen = [find(driver, f"#{name}").get_property("value") for name in ("task", "metric", "direction", "search")]
        assert chosen == ["mednli", "unparsed", "all", "The correct"]
        assert driver.execute_script("return document.getElementById('flips').getBoundingClientRect().top") < 200


@pytest.mark.parametrize(
    "query", ["task=no-such&metric=none&mode=x&direction=up", "page=99", "page=1.5", "page=x", "%", "task=%ff"]
)
def test_a_link_that_names_what_is_not_there_shows_what_is(folder, query):
    with at(folder, f"#flips?{query}") as driver:
        assert shown(driver) > 0
        assert find_all(driver, ".example")
        assert browser.console(driver) == []


def test_a_link_to_half_a_page_opens_the_whole_one(folder):
    with at(folder, "#flips?direction=all&page=2.5") as driver:
        assert find(driver, "#page").text.startswith("page 2 of ")
        assert len(find_all(driver, ".example")) == 50


def test_a_link_to_a_part_opens_it(folder):
    with at(folder, "#planted") as driver:
        assert find(driver, "#planted").get_property("open") is True
    with at(folder, "#term-mde") as driver:
        assert find(driver, "#term-mde").is_displayed()  # folded away in its group otherwise
        driver.execute_script("location.hash = 'all-gates'")
        wait(driver, lambda: find(driver, "#all-gates").get_property("open"))


def test_the_address_follows_what_is_chosen_and_opened(page):
    choose(page, "direction", "all")
    choose(page, "task", "mednli")
    assert page.execute_script("return location.hash") == "#flips?task=mednli&direction=all"
    assert find(page, "#selection").get_attribute("href").endswith("#flips?task=mednli&direction=all")
    open_first(page)
    wait(page, lambda: page.execute_script("return location.hash").startswith("#example?task=mednli&id="))
    link = find(page, ".example .body a").get_attribute("href")
    assert link.endswith(page.execute_script("return location.hash"))
    find(page, "#filters button[type=reset]").click()
    wait(page, lambda: page.execute_script("return location.hash") == "#flips?")


def test_every_section_has_a_permanent_link_and_the_menu_leads_to_all(driver):
    sections = [node.get_attribute("id") for node in find_all(driver, "main > section")]
    for name in sections:
        assert find(driver, f"#{name} a.here").get_attribute("href").endswith(f"#{name}")
    assert [node.get_attribute("href").rpartition("#")[2] for node in find_all(driver, "#menu a")] == sections


def test_the_cause_comes_first_and_what_would_be_noticed_next(driver):
    texts = [node.text for node in find_all(driver, "#verdict > p")]
    assert texts[0].startswith("FAIL (ci): ")
    assert texts[1].startswith("Worse: ")
    assert texts[2].startswith("Of ")
    assert "defects planted" in texts[2]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menu_stays_and_says_where_one_is(folder, width):
    with browser.opened(folder / "report.html", width=width) as driver:
        for name in ("behaviour", "verdict"):
            driver.execute_script(f"document.getElementById('{name}').scrollIntoView()")
            wait(driver, lambda name=name: find(driver, "#menu [aria-current]").get_attribute("href").endswith(name))
            assert driver.execute_script("return document.getElementById('menu').getBoundingClientRect().top") >= 0
            assert find(driver, "#menu a").is_displayed()


def test_a_term_explains_itself_to_the_pointer_and_goes_away_by_escape(folder):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    with browser.opened(folder / "report.html") as driver:
        term = find(driver, "#gates a[href='#term-mde']")
        assert not find(driver, "#tip").is_displayed()
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", term)
        ActionChains(driver).move_to_element(term).perform()
        wait(driver, lambda: find(driver, "#tip").is_displayed())
        assert find(driver, "#tip").text == meanings()["MDE"]
        press(driver, Keys.ESCAPE)
        assert not find(driver, "#tip").is_displayed()


def test_a_term_explains_itself_by_keyboard_and_to_a_screen_reader(folder):
    from selenium.webdriver.common.keys import Keys

    with browser.opened(folder / "report.html") as driver:
        driver.execute_script("document.querySelector('#gates a.here').focus()")
        press(driver, Keys.TAB)
        assert find(driver, "#tip").text == meanings()["point"]
        described = focused(driver, "document.getElementById(node.getAttribute('aria-describedby')).textContent")
        assert described == meanings()["point"]
        press(driver, Keys.ENTER)
        wait(driver, lambda: find(driver, "#term-point").is_displayed())
        assert driver.execute_script("return location.hash") == "#term-point"


def tap(driver, node):
    """A finger on the node's upper left corner."""
    box = driver.execute_script("const r = arguments[0].getBoundingClientRect(); return [r.x + 5, r.y + 5]", node)
    touch = {"x": box[0], "y": box[1]}
    driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_tap_explains_a_term_and_the_next_leads_to_the_glossary(folder):
    with browser.opened(folder / "report.html", width=390, height=800) as driver:
        driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        term, other = find(driver, "#gates a[href='#term-bounds']"), find(driver, "#gates a[href='#term-margin']")
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", term)
        tap(driver, other)
        wait(driver, lambda: find(driver, "#tip").text == meanings()["margin"])
        tap(driver, term)
        wait(driver, lambda: find(driver, "#tip").is_displayed())
        assert find(driver, "#tip").text == meanings()["bounds"]
        assert driver.execute_script("return location.hash") == ""
        edges = driver.execute_script(
            "const r = document.getElementById('tip').getBoundingClientRect(); return [r.left, r.right]"
        )
        assert edges[0] >= 0
        assert edges[1] <= 390
        tap(driver, term)
        wait(driver, lambda: find(driver, "#term-bounds").is_displayed())
        assert driver.execute_script("return location.hash") == "#term-bounds"
        assert not find(driver, "#tip").is_displayed()


def saved(driver, button, folder, name):
    """What a click downloads, as rows."""
    import csv

    behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    driver.execute_script("arguments[0].click()", button)
    wait(driver, lambda: (folder / name).exists() and (folder / name).stat().st_size)  # is made before it is filled
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_table_can_be_downloaded(folder, tmp_path):
    with browser.opened(folder / "report.html") as driver:
        tables = driver.execute_script("return document.querySelectorAll('main table').length")
        assert len(find_all(driver, "main .with-csv > .csv")) == tables > 5
        rows = saved(driver, find(driver, "#all-gates .csv"), tmp_path, "all-gates.csv")
        assert rows[0][:4] == ["Gate", "n", "Base", "Candidate"]
        assert len(rows) == 1 + len(read(folder).verdicts)
        assert {len(row) for row in rows} == {12}
        mednli = next(row for row in rows if row[0] == "mednli accuracy")
        assert float(mednli[2]) > float(mednli[3])


def test_the_chosen_examples_can_be_downloaded(page, frame, tmp_path):
    choose(page, "direction", "all")
    rows = saved(page, find(page, "#csv"), tmp_path, "flips.csv")
    assert len(rows) == 1 + len(frame)
    assert rows[0][:4] == ["task", "example_id", "repeat", "change"]
    formulas = [cell for row in rows[1:] for cell in row if cell[:1] in "=+-@" and cell]
    assert all(float(cell) <= 0 for cell in formulas)  # nothing but negative numbers
    texts = frame[frame["candidate_text"] == "@everyone look at #1"]
    assert sum("'@everyone look at #1" in row for row in rows) == len(texts) > 0


@pytest.mark.parametrize(
    ("shown", "cell"),
    [
        ("=1+1", '"\'=1+1"'),
        ("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\""),
        ("-2+3", '"\'-2+3"'),
        ("@SUM(A1)", '"\'@SUM(A1)"'),
        ("\t=1", '"\'=1"'),
        ("＝1", '"\'＝1"'),
        ("−3.5", "−3.5"),  # no sign that a spreadsheet knows
        (-0.25, "-0.25"),
        (1, "1"),
        ("-0.25", "-0.25"),
        ("+5", "+5"),
        ("0012", "0012"),
        ("12345678901234567890", "12345678901234567890"),
        ("x;=1+1", '"x;\'=1+1"'),
        ("x, @SUM(A1)", '"x, \'@SUM(A1)"'),
        ("two\n\n -2+3", '"two\n\n \'-2+3"'),
        ("a\t＝1", '"a\t\'＝1"'),
        ("well-known, and 1+1", '"well-known, and 1+1"'),
        ("[−33.6, +9.3]", '"[−33.6, +9.3]"'),
        ('say "a, b"', '"say ""a, b"""'),
        ("two\nlines", '"two\nlines"'),
        ("–", "–"),
    ],
)
def test_a_cell_is_a_number_or_text_and_never_a_formula(driver, shown, cell):  # by hand, after RFC 4180 and OWASP
    assert driver.execute_script("return csvCell(arguments[0])", shown) == cell


@pytest.mark.parametrize(("shown", "value"), [(" −3.5 ", -3.5), ("+1.0", 1), ("0", 0), ("–", "–"), ("1 / 2", "1 / 2")])
def test_what_a_column_of_numbers_shows_is_a_number(driver, shown, value):
    found = driver.execute_script("return figure(arguments[0])", shown)
    assert (found, type(found) is str) == (value, type(value) is str)


def test_cells_of_a_megabyte_take_no_time(driver):  # blanks and breaks, which a search for formulas could share out
    text = "\n \t" * 300_000 + "=1"
    assert driver.execute_script("return csvCell(arguments[0])", text + " x") == '"\'=1 x"'
    start = time.perf_counter()
    driver.execute_script("return csvCell(arguments[0]).length", "x" + text)
    assert time.perf_counter() - start < 10


def test_a_flip_tells_how_both_ended_and_frames_where_was_read(page, frame):
    choose(page, "task", "mednli")
    choose(page, "direction", "all")
    choose(page, "mode", "truncated")
    open_first(page)
    text = find(page, ".example .body").text
    assert "finish reason: length (cut at the most tokens an answer may have)" in text
    assert "finish reason: stop (ended by itself)" in text
    choose(page, "mode", "*")
    type_into(page, "search", "")
    read_ = frame[(frame["task"] == "mednli") & frame["baseline_read_start"].notna()].iloc[-1]
    query = urlencode({"task": "mednli", "id": readable(read_["example_id"])})
    page.execute_script("location.hash = arguments[0]", f"example?{query}")
    wait(page, lambda: find_all(page, ".example .body mark"))
    start, end = int(read_["baseline_read_start"]), int(read_["baseline_read_end"])
    marked = find(page, ".example .answers section:first-child").find_elements("css selector", "mark")
    assert "".join(node.text for node in marked) == read_["baseline_text"][start:end]


@pytest.mark.parametrize("place", [[0, 3], [4, 9], [2, 7], None])
def test_frame_and_differing_words_may_overlap(driver, place):
    pieces = [["the ", True], ["patient", False], [" has", True]]
    parts = driver.execute_script("return atPlace(arguments[0], arguments[1])", pieces, place)
    text = "the patient has"
    assert "".join(part[0] for part in parts) == text
    assert "".join(part[0] for part in parts if part[2]) == (text[slice(*place)] if place else "")
    assert "".join(part[0] for part in parts if not part[1]) == "patient"


def test_of_a_long_letter_the_question_stands_above_and_the_evidence_is_framed(tmp_path):
    found = fake_run(tasks=("longhealth_1",), n=8).write(tmp_path)
    report_folder.write(found, read(found))
    row = next(row for _, row in examples.read(found / "examples.parquet").iterrows() if row["passages"])
    query = urlencode({"task": "longhealth_1", "id": row["example_id"]})
    with at(found, f"#example?{query}") as driver:
        texts = [node.text for node in find_all(driver, ".example .body > .text")]
        assert texts[0].startswith("question: ")
        assert "\nletters: " in texts[0]
        (_, words, _), *_ = json.loads(row["passages"])
        assert find(driver, ".example .passage mark").text == words


def test_what_an_answer_says_otherwise_stands_beside_the_charts_and_runs_nothing(tmp_path):
    found = fake_run(tasks=("mednli",), n=2).write(tmp_path)
    table = examples.read(found / "examples.parquet")
    pair = [["another side", ["a ", "<b>left</b>", " leg"], ["", "right", ""]], ["nowhere", ["", "5 mg", ""], None]]
    examples.write(table.assign(candidate_opposites=json.dumps(pair)), found / "examples.parquet")
    report_folder.write(found, read(found))
    with at(found, "#flips?task=mednli&direction=all") as driver:
        open_first(driver)
        base, candidate = (find(driver, f".answers section:{which}-child") for which in ("first", "last"))
        assert not base.find_elements("css selector", ".opposite")
        marked = [node.text for node in candidate.find_elements("css selector", ".opposite mark")]
        assert marked == ["<b>left</b>", "right", "5 mg"]
        assert "nothing like it" in candidate.text
        assert not candidate.find_elements("css selector", ".opposite b")


def test_a_thought_can_be_opened_of_open_data_and_is_counted_of_private(tmp_path):
    run = fake_run(tasks=("mednli",), n=4)
    found = run.write(tmp_path)
    table = examples.read(found / "examples.parquet")
    hidden = table.assign(task="jama", tier="licensed", candidate_thought="", gold="", question="", candidate_text="")
    table = table.assign(candidate_thought="<b>hm</b>", candidate_thought_tokens=1234)
    hidden["candidate_thought_tokens"] = 55
    examples.write(pd.concat([table, hidden], ignore_index=True), found / "examples.parquet")
    report_folder.write(found, read(found))
    for task, told, has_text in (("mednli", "1,234", True), ("jama", "55", False)):
        with at(found, f"#flips?task={task}&direction=all") as driver:
            open_first(driver)
            after = find(driver, ".answers section:last-child")
            assert f"thought before: {told} tokens" in after.text
            thoughts = after.find_elements("css selector", "details")
            assert bool(thoughts) is has_text
            if has_text:
                thoughts[0].find_element("css selector", "summary").click()
                assert "<b>hm</b>" in thoughts[0].text


WIDER = """
const inside = (node) => node.closest(".scroll, #menu ul, .hidden, .skip, svg");
const isWider = (node) => !inside(node) && node.getBoundingClientRect().right > innerWidth + 0.5;
return [...document.querySelectorAll("body *")].filter(isWider)
  .map((node) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 40)}`);
"""


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_wider_than_a_phone(folder, width):
    with browser.opened(folder / "report.html", width=width) as driver:
        choose(driver, "direction", "all")
        for summary in find_all(driver, ".example summary")[:16]:
            driver.execute_script("arguments[0].click()", summary)
        wait(driver, lambda: len(find_all(driver, ".example .body")) == 16)
        driver.execute_script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        assert driver.execute_script(WIDER) == []


def accessible(driver):
    """What a screen reader is told: role, name and properties of every node that it meets."""
    nodes = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    for node in nodes:
        if not node.get("ignored"):
            properties = {item["name"]: item["value"].get("value") for item in node.get("properties", ())}
            yield node["role"]["value"], node.get("name", {}).get("value", ""), properties


def test_a_screen_reader_finds_names_headings_and_regions(page):
    open_first(page)
    page.execute_cdp_cmd("Accessibility.enable", {})
    nodes = list(accessible(page))
    named = ("button", "link", "combobox", "searchbox", "checkbox", "region", "navigation", "img", "textbox")
    assert [(role, name) for role, name, _ in nodes if role in named and not name] == []
    levels = [properties["level"] for role, _, properties in nodes if role == "heading"]
    assert levels[:2] == [1, 2]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    roles = [role for role, _, _ in nodes]
    assert roles.count("main") == roles.count("banner") == roles.count("contentinfo") == 1
    assert "columnheader" in roles
    assert "rowheader" in roles


def test_printed_it_has_all_tables_and_no_controls(folder):
    with browser.opened(folder / "report.html") as driver:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        driver.execute_script("dispatchEvent(new Event('beforeprint'))")
        assert find(driver, "#all-gates table").is_displayed()
        for selector in ("#menu", "#filters", ".csv", ".here", ".skip"):
            assert not any(node.is_displayed() for node in find_all(driver, selector)), selector
        driver.execute_script("dispatchEvent(new Event('afterprint'))")
        assert find(driver, "#all-gates").get_property("open") is False
        pdf = base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
        assert pdf.startswith(b"%PDF")
