"use strict";

/* Any table as a CSV file, made here in the browser. A cell that a spreadsheet would run as a formula becomes text. */
function csvCell(shown) {
  const text = String(shown).trim(), number = text.replace(/^\+/, "").replace(/^−/, "-");
  if (/^-?\d+(\.\d+)?$/.test(number)) return number;
  const safe = /^[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",;\n\r\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvText = (rows) => rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";

/* With a byte order mark, by which Excel knows UTF-8. */
function download(name, rows) {
  const address = URL.createObjectURL(new Blob(["\ufeff", csvText(rows)], { type: "text/csv;charset=utf-8" }));
  el("a", { href: address, download: `${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/* A cell that spans columns is followed by empty ones. */
function tableRows(table) {
  return [...table.rows].map((row) => [...row.cells].flatMap((cell) => [cell.textContent, ...Array(cell.colSpan - 1).fill("")]));
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
