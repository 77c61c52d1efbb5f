"use strict";

/* One example of the flips browser: its line, and what the line opens. Texts reach the page as text nodes only. */
const FINISHED = {
  stop: "ended by itself",
  length: "cut at the most tokens an answer may have",
  context: "the prompt did not fit, nothing was generated",
};
const points = (delta) => (delta === null ? "–" : (delta > 0 ? "+" : delta < 0 ? "−" : "") + (100 * Math.abs(delta)).toFixed(1));
const side = (delta) => (delta < 0 ? "worse" : delta > 0 ? "better" : "");
const isWithheld = (browser, row) => ["licensed", "credentialed"].includes(browser.name("tier", row)) && !browser.text("gold", row);

/* One line of the list; what it opens is built when it is opened. */
function example(browser, row, delta) {
  const repeat = browser.data.repeat[row];
  const answer = (name) => browser.text(`${name}_answer`, row) || browser.text(`${name}_text`, row) || (isWithheld(browser, row) ? "withheld" : "(empty)");
  const brief = (label, text) => el("span", {}, el("span", { class: "label" }, label + " "), el("bdi", {}, text.slice(0, 160)));
  const details = el("details", {},
    el("summary", {},
      el("span", { class: "id" }, el("span", { class: "label" }, browser.name("task", row)), el("bdi", {}, browser.text("example_id", row)), repeat ? ` #${repeat}` : ""),
      el("span", { class: "brief" }, brief("gold", browser.text("gold", row) || "withheld"), brief("base", answer("baseline")), brief("candidate", answer("candidate"))),
      el("span", { class: `delta ${side(delta)}` }, points(delta))));
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    if (details.children.length === 1) details.append(body(browser, row));
    keepInAddress(exampleLink(browser, row));
  });
  return el("li", { class: "example" }, details);
}

function exampleLink(browser, row) {
  const parts = { task: browser.name("task", row), id: browser.text("example_id", row) };
  if (browser.data.repeat[row]) parts.repeat = browser.data.repeat[row];
  return `#example?${new URLSearchParams(parts)}`;
}

function body(browser, row) {
  const texts = ["baseline_text", "candidate_text"].map((column) => browser.text(column, row));
  const pieces = byId("diff").checked ? wordDiff(...texts) : texts.map((text) => [[text, true]]);
  return el("div", { class: "body" },
    el("p", { class: "muted" }, "cluster ", el("bdi", {}, browser.name("cluster", row)), ` · wording ${browser.data.wording[row]} · `, el("a", { href: exampleLink(browser, row) }, "link to this example")),
    ...asked(browser, row),
    el("div", { class: "answers" }, answered(browser, row, "baseline", "Base", pieces[0], "del"), answered(browser, row, "candidate", "Candidate", pieces[1], "ins")),
    withCsv(scores(browser, row), "scores"));
}

/* The question, the passages of a long context that hold the answer, and the gold. */
function asked(browser, row) {
  if (isWithheld(browser, row)) return [el("p", { class: "withheld" }, `Texts are withheld: the data is ${browser.name("tier", row)}.`)];
  const passages = browser.data.passages[row].map((parts) => passage(...parts));
  return [
    el("h3", {}, "Question"), block([[browser.text("question", row), true]]),
    ...(passages.length ? [el("h3", {}, "Where the answer stands"), ...passages] : []),
    el("h3", {}, "Gold"), block([[browser.text("gold", row), true]]),
  ];
}

function passage(before, words, after) {
  return el("p", { class: "text passage", dir: "auto", tabindex: "0" }, before ? `… ${before}` : "", el("mark", {}, words), after ? `${after} …` : "");
}

/* What an answer says, beside what the chart says otherwise. */
function opposites(browser, row, name) {
  const pairs = browser.data.opposites[name][row];
  if (!pairs.length) return [];
  const shown = pairs.map(([differs, own, chart]) => el("li", { class: "opposite" },
    el("p", { class: "muted" }, differs),
    el("p", { class: "label" }, "answer"), passage(...own),
    el("p", { class: "label" }, "chart or reference"), chart ? passage(...chart) : el("p", { class: "muted" }, "nothing like it")));
  return [el("h5", {}, "Against the chart"), el("ul", { class: "opposites" }, ...shown)];
}

function answered(browser, row, name, title, pieces, mark) {
  const reason = browser.name(`${name}_unparsed`, row), value = browser.text(`${name}_answer`, row);
  const read = reason ? ["not readable: ", el("b", {}, reason)] : isWithheld(browser, row) ? ["readable, withheld"] : ["read as: ", el("bdi", {}, value)];
  const from = browser.text(`${name}_read_from`, row), finished = browser.name(`${name}_finish_reason`, row);
  return el("section", { "aria-label": `${title}'s answer` }, el("h4", {}, title),
    isWithheld(browser, row) ? null : block(pieces, mark, inUnits(browser.text(`${name}_text`, row), browser.data.places[name][row])),
    el("p", {}, ...read),
    ...opposites(browser, row, name),
    from && from !== reason ? el("p", { class: "muted" }, "read by: ", el("bdi", {}, from)) : null,
    finished ? el("p", { class: "muted" }, `finish reason: ${finished} (${FINISHED[finished] || "unknown"})`) : null,
    thought(browser, row, name));
}

/* How long the model thought before, and what, where there is more than a number. */
function thought(browser, row, name) {
  const tokens = browser.data.thought_tokens[name][row], text = browser.text(`${name}_thought`, row);
  if (!tokens && !text) return null;
  const title = `thought before: ${tokens.toLocaleString("en")} tokens`;
  if (!text) return el("p", { class: "muted" }, title);
  return el("details", {}, el("summary", {}, title), block([[text, true]]));
}

/* Python counts characters, JavaScript the units of UTF-16. */
function inUnits(text, place) {
  if (place === null) return null;
  const characters = [...text];
  return place.map((end) => characters.slice(0, end).join("").length);
}

/* A text in pieces, `mark` around what the other text has not, and <mark> around the place from which was read. */
function block(pieces, mark, place = null) {
  const parts = atPlace(pieces, place).map(([text, isCommon, isRead]) => {
    const shown = isRead ? el("mark", {}, text) : text;
    return isCommon ? shown : el(mark, {}, shown);
  });
  return el("p", { class: "text", dir: "auto", tabindex: "0" }, ...parts);
}

/* Pieces cut where the place begins and ends: [[text, isCommon, isRead], …]. */
function atPlace(pieces, place) {
  const [start, end] = place || [0, 0], parts = [];
  let at = 0;
  for (const [text, isCommon] of pieces) {
    const cuts = [0, start - at, end - at, text.length].map((cut) => Math.max(0, Math.min(cut, text.length)));
    for (const i of [0, 1, 2]) {
      if (cuts[i + 1] > cuts[i]) parts.push([text.slice(cuts[i], cuts[i + 1]), isCommon, i === 1]);
    }
    at += text.length;
  }
  return parts;
}

function scores(browser, row) {
  const head = el("thead", {}, el("tr", {}, ...["Metric", "Base", "Candidate", "Δ"].map((name, place) => el("th", { scope: "col", class: place ? "num" : null }, name))));
  const rows = browser.metrics.filter((metric) => browser.data.scores[metric].some((side) => side[row] !== null)).map((metric) => {
    const delta = browser.delta(metric, row);
    const cells = browser.data.scores[metric].map((values) => el("td", { class: "num" }, values[row] === null ? "–" : (100 * values[row]).toFixed(1)));
    return el("tr", {}, el("th", { scope: "row" }, metricTerm(metric)), ...cells, el("td", { class: `num ${side(delta)}` }, points(delta)));
  });
  return el("table", {}, el("caption", {}, "Scores, percent"), head, el("tbody", {}, ...rows));
}

/* What the filters let through, as rows of a CSV file. */
function flipRows(browser) {
  const texts = Object.keys(browser.data.texts).filter((column) => column !== "example_id");
  const names = Object.keys(browser.data.names).filter((column) => column !== "task");
  const sides = ["baseline", "candidate"];
  const metrics = browser.metrics.flatMap((metric) => sides.map((name) => `${name}.${metric}`));
  const rows = browser.found.map(([row, delta]) => [
    browser.name("task", row), browser.text("example_id", row), browser.data.repeat[row], delta === null ? "" : Number(delta.toFixed(4)),
    ...names.map((column) => browser.name(column, row)), ...texts.map((column) => browser.text(column, row)),
    ...browser.metrics.flatMap((metric) => browser.data.scores[metric].map((values) => values[row] ?? "")),
  ]);
  return [["task", "example_id", "repeat", "change", ...names, ...texts, ...metrics], ...rows];
}
