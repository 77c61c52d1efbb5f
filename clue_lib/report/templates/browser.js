"use strict";

/* The flips browser. Everything that a model or a data file wrote reaches the page as text nodes only. */
const PAGE = 50;
const byId = (id) => document.getElementById(id);

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

class Browser {
  constructor(data) {
    this.data = data;
    this.lower = new Set(data.lower);
    this.metrics = Object.keys(data.scores);
    this.modes = data.lower.filter((metric) => data.scores[metric].some((side) => side.some((value) => value > 0)));
    this.page = 0;
    this.found = [];
    this.haystack = null;
    this.fill();
    this.listen();
    this.filter();
  }

  name(column, row) {
    const names = this.data.names[column];
    return names.values[names.at[row]];
  }

  text(column, row) {
    return this.data.texts[column][row];
  }

  /* Candidate minus base on one metric, positive where better; of "*" the mean over the paper's metrics of the task. */
  delta(metric, row) {
    if (metric === "*") {
      const known = (this.data.clue[this.name("task", row)] || []).map((name) => this.delta(name, row)).filter((value) => value !== null);
      return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
    }
    const [before, after] = this.data.scores[metric].map((side) => side[row]);
    if (before === null || after === null) return null;
    return this.lower.has(metric) ? before - after : after - before;
  }

  fill() {
    const options = (select, pairs) => select.replaceChildren(...pairs.map(([value, label]) => el("option", { value }, label)));
    options(byId("task"), [["*", "all tasks"], ...this.data.names.task.values.map((name) => [name, name])]);
    this.fillMetrics("*");
    options(byId("mode"), [["*", "any or none"], ...this.modes.map((name) => [name, name])]);
    byId("filters").hidden = false;
    for (const button of document.querySelectorAll(".jump")) button.hidden = false;
  }

  /* The metrics that the chosen task has; the choice stays where it can. */
  fillMetrics(task) {
    const chosen = byId("metric").value, at = this.data.names.task;
    const place = at.values.indexOf(task);
    const has = (metric) => task === "*" || this.data.scores[metric][0].some((value, row) => value !== null && at.at[row] === place);
    const names = this.metrics.filter(has);
    const items = [["*", "CLUE's, their mean"], ...names.map((name) => [name, name])];
    byId("metric").replaceChildren(...items.map(([value, label]) => el("option", { value }, label)));
    byId("metric").value = names.includes(chosen) ? chosen : "*";
  }

  listen() {
    let timer = 0;
    const soon = () => {
      clearTimeout(timer);
      byId("examples-list").setAttribute("aria-busy", "true");
      timer = setTimeout(() => this.filter(), 150);
    };
    byId("task").addEventListener("change", () => { this.fillMetrics(byId("task").value); this.filter(); });
    for (const id of ["metric", "direction", "mode"]) byId(id).addEventListener("change", () => this.filter());
    for (const id of ["cluster", "search"]) byId(id).addEventListener("input", soon);
    byId("diff").addEventListener("change", () => this.show());
    byId("filters").addEventListener("submit", (event) => { event.preventDefault(); this.filter(); });
    byId("filters").addEventListener("reset", () => setTimeout(() => { this.fillMetrics("*"); this.filter(); }));
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    byId("examples-list").addEventListener("keydown", (event) => this.step(event));
    for (const button of document.querySelectorAll(".jump")) button.addEventListener("click", () => this.jump(button.dataset));
  }

  jump({ task, metric }) {
    byId("filters").reset();
    setTimeout(() => {
      byId("task").value = task;
      this.fillMetrics(task);
      byId("metric").value = metric;
      this.filter();
      byId("flips").scrollIntoView();
      byId("task").focus({ preventScroll: true });
    });
  }

  /* Arrow keys walk from example to example. */
  step(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (!(event.key in moves) || event.target.tagName !== "SUMMARY") return;
    const all = [...byId("examples-list").querySelectorAll(".example > details > summary")];
    const next = all[all.indexOf(event.target) + moves[event.key]];
    if (next) { event.preventDefault(); next.focus(); }
  }

  turn(by) {
    this.page += by;
    this.show();
    byId("count").scrollIntoView();
    const first = byId("examples-list").querySelector("summary");
    if (first) first.focus({ preventScroll: true });
  }

  filter() {
    const [task, metric, direction, mode] = ["task", "metric", "direction", "mode"].map((id) => byId(id).value);
    const cluster = byId("cluster").value.trim().toLowerCase(), words = byId("search").value.trim().toLowerCase();
    const wanted = { worse: (d) => d < 0, better: (d) => d > 0, changed: (d) => d !== 0 && d !== null, all: () => true }[direction];
    const found = [];
    for (let row = 0; row < this.data.n; row++) {
      if (task !== "*" && this.name("task", row) !== task) continue;
      const delta = this.delta(metric, row);
      if (!wanted(delta) || (metric !== "*" && delta === null)) continue;
      if (mode !== "*" && !this.data.scores[mode].some((side) => side[row] > 0)) continue;
      if (cluster && !this.name("cluster", row).toLowerCase().includes(cluster)) continue;
      if (words && !this.haystackOf(row).includes(words)) continue;
      found.push([row, delta]);
    }
    const sign = direction === "better" ? -1 : 1;
    if (direction !== "all") found.sort((one, other) => sign * (one[1] - other[1]) || one[0] - other[0]);
    this.found = found;
    this.page = 0;
    this.show();
  }

  haystackOf(row) {
    if (this.haystack === null) this.haystack = new Array(this.data.n);
    if (this.haystack[row] === undefined) {
      this.haystack[row] = Object.keys(this.data.texts).map((column) => this.text(column, row)).join("\n").toLowerCase();
    }
    return this.haystack[row];
  }

  show() {
    const from = this.page * PAGE, shown = this.found.slice(from, from + PAGE), total = this.found.length;
    byId("examples-list").replaceChildren(...shown.map(([row, delta]) => example(this, row, delta)));
    byId("examples-list").setAttribute("start", from + 1);
    byId("examples-list").setAttribute("aria-busy", "false");
    const range = total > PAGE ? `, ${from + 1} to ${from + shown.length} shown` : "";
    byId("count").textContent = `${total.toLocaleString("en")} of ${this.data.n.toLocaleString("en")} examples${range}`;
    byId("pager").hidden = total <= PAGE;
    byId("page").textContent = `page ${this.page + 1} of ${Math.max(1, Math.ceil(total / PAGE))}`;
    byId("previous").disabled = this.page === 0;
    byId("next").disabled = from + PAGE >= total;
  }
}

const points = (delta) => (delta === null ? "–" : (delta > 0 ? "+" : delta < 0 ? "−" : "") + (100 * Math.abs(delta)).toFixed(1));
const side = (delta) => (delta < 0 ? "worse" : delta > 0 ? "better" : "");

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
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(body(browser, row)); });
  return el("li", { class: "example" }, details);
}

const isWithheld = (browser, row) => ["licensed", "credentialed"].includes(browser.name("tier", row)) && !browser.text("gold", row);

function body(browser, row) {
  const texts = ["baseline_text", "candidate_text"].map((column) => browser.text(column, row));
  const pieces = byId("diff").checked ? wordDiff(...texts) : texts.map((text) => [[text, true]]);
  const gold = isWithheld(browser, row)
    ? [el("p", { class: "withheld" }, `Texts are withheld: the data is ${browser.name("tier", row)}.`)]
    : [el("h4", {}, "Question"), block([[browser.text("question", row), true]]), el("h4", {}, "Gold"), block([[browser.text("gold", row), true]])];
  return el("div", { class: "body" },
    el("p", { class: "muted" }, "cluster ", el("bdi", {}, browser.name("cluster", row))),
    ...gold,
    el("div", { class: "answers" }, answered(browser, row, "baseline", "Base", pieces[0], "del"), answered(browser, row, "candidate", "Candidate", pieces[1], "ins")),
    scores(browser, row));
}

function answered(browser, row, name, title, pieces, mark) {
  const reason = browser.name(`${name}_unparsed`, row), value = browser.text(`${name}_answer`, row);
  const read = reason ? ["not readable: ", el("b", {}, reason)] : isWithheld(browser, row) ? ["readable, withheld"] : ["read as: ", el("bdi", {}, value)];
  const from = browser.text(`${name}_read_from`, row);
  return el("section", { "aria-label": `${title}'s answer` }, el("h4", {}, title),
    isWithheld(browser, row) ? null : block(pieces, mark), el("p", {}, ...read), from ? el("p", { class: "muted" }, el("bdi", {}, from)) : null);
}

function block(pieces, mark) {
  return el("p", { class: "text", dir: "auto", tabindex: "0" }, ...pieces.map(([text, isCommon]) => (isCommon ? text : el(mark, {}, text))));
}

function scores(browser, row) {
  const head = el("thead", {}, el("tr", {}, ...["Metric", "Base", "Candidate", "Δ"].map((name, place) => el("th", { scope: "col", class: place ? "num" : null }, name))));
  const rows = browser.metrics.filter((metric) => browser.data.scores[metric].some((side) => side[row] !== null)).map((metric) => {
    const delta = browser.delta(metric, row);
    const cells = browser.data.scores[metric].map((values) => el("td", { class: "num" }, values[row] === null ? "–" : (100 * values[row]).toFixed(1)));
    return el("tr", {}, el("th", { scope: "row" }, metric), ...cells, el("td", { class: `num ${side(delta)}` }, points(delta)));
  });
  return el("table", {}, el("caption", {}, "Scores, percent"), head, el("tbody", {}, ...rows));
}
