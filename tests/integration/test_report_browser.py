"""report.html in Chromium, headless: by click and by keyboard, wide and narrow, light and dark, under attack."""

import browser
import pytest
from fake_run import HOSTILE, fake_run

from clue_lib.report import examples, read
from clue_lib.report import folder as report_folder
from clue_lib.report.forest import forest
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
    """The page with its filters reset."""
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
    press(page, *[Keys.TAB] * 6)  # mode, cluster, text, words, reset, first example
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


def test_a_failed_gate_leads_to_its_flips(page):
    button = find(page, ".jump[data-task=meqsum]")
    metric = button.get_attribute("data-metric")
    button.click()
    wait(page, lambda: find(page, "#task").get_property("value") == "meqsum")
    assert find(page, "#metric").get_property("value") == metric
    assert find(page, "#direction").get_property("value") == "worse"
    assert focused(page, "node.id") == "task"


def test_columns_sort_and_say_so(page):
    find(page, "#gates details summary").click()
    heading = find(page, "#gates th[data-sort=number]:nth-child(5)")
    for order in ("ascending", "descending"):
        heading.find_element("css selector", "button").click()
        assert heading.get_attribute("aria-sort") == order
        values = [float(node.get_attribute("data-value")) for node in find_all(page, "#gates tbody td:nth-child(5)")]
        assert values == sorted(values, reverse=order == "descending")
    find(page, "#gates details summary").click()


def test_of_credentialed_data_there_is_no_text(page):
    choose(page, "task", "problem_summary")
    open_first(page)
    text = find(page, ".example").text
    assert "Texts are withheld: the data is credentialed." in text
    assert "rouge1" in text
    assert find_all(page, ".example .text") == []


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
