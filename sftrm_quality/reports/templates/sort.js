"use strict";
// A click on a column's head sorts a table of sources or files: once, the other way, and back to the order of the page.
// Rows are moved as they are, and without this script the tables are in that order.
(() => {
  const names = new Intl.Collator(undefined, {numeric: true});

  // What a cell says first; what is smaller beside it explains it.
  const said = cell => ((cell.querySelector("bdi") || cell.firstChild)?.textContent || "").trim();

  // "<0.1 %" is less than 0.1 and ">99.9 %" more; NaN is no number, as "new" and "–".
  function amount(text) {
    const number = parseFloat(text.replace("−", "-").replace(/[<>+±,]/g, ""));
    return number + (text.startsWith("<") ? -0.05 : text.startsWith(">") ? 0.05 : 0);
  }

  function compare(one, other, counts, direction) {
    if (!counts) return direction * names.compare(one, other);
    const [left, right] = [amount(one), amount(other)];
    return Number.isNaN(left) - Number.isNaN(right) || direction * (left - right) || 0;
  }

  function sort(table, rows, head, column) {
    const counts = head.classList.contains("n"), first = counts ? "descending" : "ascending";
    const now = head.getAttribute("aria-sort"), second = counts ? "ascending" : "descending";
    const next = now === null ? first : now === first ? second : null;
    for (const cell of head.parentNode.cells) cell.removeAttribute("aria-sort");
    if (next) head.setAttribute("aria-sort", next);
    if (table.caption) table.caption.hidden = next !== null;
    const direction = next === "descending" ? -1 : 1, cells = rows.map(row => [said(row.cells[column]), row]);
    if (next) cells.sort(([one], [other]) => compare(one, other, counts, direction));
    table.tBodies[0].append(...cells.map(([, row]) => row));
  }

  for (const table of document.querySelectorAll("table.sources")) {
    const rows = Array.from(table.tBodies[0].rows);
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const cells = rows.map(row => row.cells[column]);
      // Pictures have no order.
      if (rows.length < 2 || cells.some(cell => cell.querySelector("svg")) || !cells.some(said)) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, rows, head, column));
      head.append(button);
    });
  }
})();
