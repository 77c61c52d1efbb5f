"use strict";

/* The flips browser. Everything that a model or a data file wrote reaches the page as text nodes only. */
const PAGE = 50;
const CHOICES = ["task", "metric", "direction", "mode", "cluster", "search"];
const DEFAULTS = { task: "*", metric: "*", direction: "worse", mode: "*" };
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
    for (const link of document.querySelectorAll(".jump")) link.hidden = false;
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
      timer = setTimeout(() => this.choose(), 150);
    };
    byId("task").addEventListener("change", () => { this.fillMetrics(byId("task").value); this.choose(); });
    for (const id of ["metric", "direction", "mode"]) byId(id).addEventListener("change", () => this.choose());
    for (const id of ["cluster", "search"]) byId(id).addEventListener("input", soon);
    byId("diff").addEventListener("change", () => this.show());
    byId("filters").addEventListener("submit", (event) => { event.preventDefault(); this.choose(); });
    byId("filters").addEventListener("reset", () => setTimeout(() => { this.fillMetrics("*"); this.choose(); }));
    byId("csv").addEventListener("click", () => download("flips", flipRows(this)));
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    byId("examples-list").addEventListener("keydown", (event) => this.step(event));
  }

  /* The choice of the filters as a link holds it: what is not the default. */
  query() {
    const chosen = CHOICES.map((id) => [id, byId(id).value]).filter(([id, value]) => value !== (DEFAULTS[id] ?? ""));
    return new URLSearchParams(this.page ? [...chosen, ["page", this.page + 1]] : chosen).toString();
  }

  /* Filter as a link says. What it names and this run has not falls back to the default. */
  apply(query) {
    const wanted = new URLSearchParams(query);
    for (const id of CHOICES) {
      const value = wanted.get(id) ?? DEFAULTS[id] ?? "";
      byId(id).value = value;
      if (id === "task") this.fillMetrics(value);
      if (byId(id).value !== value) byId(id).value = DEFAULTS[id] ?? "";
    }
    this.filter(Math.trunc(Number(wanted.get("page") || 1)) - 1);
  }

  /* Show one example among all of its task, open; returns its line, null where the run has no such example. */
  reveal(task, id, repeat) {
    const names = (row) => this.name("task", row) === task && this.text("example_id", row) === id && this.data.repeat[row] === repeat;
    const row = [...Array(this.data.n).keys()].find(names);
    if (row === undefined) return null;
    this.apply(new URLSearchParams({ task, direction: "all" }));
    const place = this.found.findIndex(([other]) => other === row);
    this.page = Math.floor(place / PAGE);
    this.show();
    const line = byId("examples-list").children[place % PAGE];
    line.firstElementChild.open = true;
    return line;
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
    keepInAddress(byId("selection").getAttribute("href"));
    byId("count").scrollIntoView();
    const first = byId("examples-list").querySelector("summary");
    if (first) first.focus({ preventScroll: true });
  }

  /* What a reader chose stands in the address too. */
  choose() {
    this.filter();
    keepInAddress(byId("selection").getAttribute("href"));
  }

  filter(page = 0) {
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
    this.page = Math.max(0, Math.min(page || 0, Math.ceil(found.length / PAGE) - 1));
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
    byId("selection").href = `#flips?${this.query()}`;
    byId("pager").hidden = total <= PAGE;
    byId("page").textContent = `page ${this.page + 1} of ${Math.max(1, Math.ceil(total / PAGE))}`;
    byId("previous").disabled = this.page === 0;
    byId("next").disabled = from + PAGE >= total;
  }
}
