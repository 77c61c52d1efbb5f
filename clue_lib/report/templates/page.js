"use strict";

/* Sorting by a column's heading, opening folded parts for print, and starting all the rest. */
function makeSortable(table) {
  for (const heading of table.querySelectorAll("th[data-sort]")) {
    const term = heading.querySelector(".term");
    const button = el("button", { type: "button", class: term && "term", "aria-describedby": term && term.getAttribute("aria-describedby") }, heading.textContent.trim());
    heading.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, heading));
  }
}

function sortBy(table, heading) {
  const order = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  const column = [...heading.parentNode.children].indexOf(heading), isNumber = heading.dataset.sort === "number";
  const value = (row) => row.children[column].dataset.value;
  const known = (text) => !isNumber || (text !== "None" && text !== "");
  const compare = (one, other) => (isNumber ? Number(one) - Number(other) : one.localeCompare(other));
  const rows = [...table.tBodies[0].rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (!known(a) || !known(b)) return known(b) - known(a);
    return (order === "ascending" ? 1 : -1) * compare(a, b);
  });
  for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", order);
  table.tBodies[0].append(...rows);
}

function printWhole() {
  const folded = [...document.querySelectorAll("details.print:not([open])")];
  window.addEventListener("beforeprint", () => folded.forEach((part) => { part.open = true; }));
  window.addEventListener("afterprint", () => folded.forEach((part) => { part.open = false; }));
}

async function start() {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("table").forEach((table) => withCsv(table, tableName(table)));
  new Tip();
  markMenu();
  printWhole();
  const packed = byId("examples");
  let browser = null;
  if (packed && typeof DecompressionStream === "undefined") {
    byId("count").textContent = "This browser is too old to unpack the examples; they are in examples.parquet.";
  } else if (packed) {
    browser = new Browser(await unpacked(packed.textContent));
    packed.remove();
  }
  listenToLinks(browser);
  follow(browser);
  performance.mark("interactive");
  document.documentElement.dataset.ready = "true";
}

start();
