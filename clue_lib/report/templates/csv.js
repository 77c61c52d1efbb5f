"use strict";

/* Where a spreadsheet would see a formula: at the start, or behind what it may take for the end of a cell. A number
   alone, whatever its sign, is none. */
const FORMULA = /(^|[;,\t\r\n])([^\S\t\r\n]*)(?=[=+\-@＝＋－＠])(?![+-]\d+(?:\.\d+)?\]?[^\S\t\r\n]*(?:[;,\t\r\n]|$))/g;

/* Any table as a CSV file, made here in the browser. Numbers stay numbers and text stays text: it is an id, "0012", as
   likely as not. What a spreadsheet would run as a formula gets a sign before it that makes it text. */
function csvCell(shown) {
  if (typeof shown === "number") return String(shown);
  const safe = String(shown).trim().replace(FORMULA, "$1$2'");
  return /[",;\n\r\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvText = (rows) => rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";

/* With a byte order mark, by which Excel knows UTF-8. */
function download(name, rows) {
  const address = URL.createObjectURL(new Blob(["\ufeff", csvText(rows)], { type: "text/csv;charset=utf-8" }));
  el("a", { href: address, download: `${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/* What a column of numbers shows, as a number where it is one. */
function figure(shown) {
  const number = shown.trim().replace(/^\+/, "").replace(/^−/, "-");
  return /^-?\d+(\.\d+)?$/.test(number) ? Number(number) : shown;
}

const cellValue = (cell) => (cell.matches("td.num") ? figure(cell.textContent) : cell.textContent);

/* A cell that spans columns is followed by empty ones. */
function tableRows(table) {
  return [...table.rows].map((row) => [...row.cells].flatMap((cell) => [cellValue(cell), ...Array(cell.colSpan - 1).fill("")]));
}

/* The table, or the part that scrolls it, with its button above. */
function withCsv(table, name) {
  const button = el("button", { type: "button", class: "csv" }, "CSV", el("span", { class: "hidden" }, ` of ${name}`));
  button.addEventListener("click", () => download(name.replace(/\W+/g, "-").toLowerCase(), tableRows(table)));
  const place = table.closest(".scroll") || table, box = el("div", { class: "with-csv" });
  place.replaceWith(box);
  box.append(button, place);
  return box;
}

/* What a table is called: by its caption, else by the part of the page that scrolls it. */
function tableName(table) {
  const region = table.closest("[aria-label], [aria-labelledby]");
  const label = region && (region.getAttribute("aria-label") || byId(region.getAttribute("aria-labelledby")).textContent);
  return (table.caption ? table.caption.textContent : label) || "table";
}
