"use strict";
// Shows the rows that browse.py wrote. Whatever comes from a record goes into the page as text, never as markup.
(() => {
  const PAGE = 50, KEPT = 12;
  const [ID, DATA_ID, SOURCE, INDEX, LINE, REASONS, TEXT, CHARACTERS, DETAILS, STAGE, STAYED] = Array(11).keys();
  // As display.py shows them: controls, format and bidirectional marks, separators, private and unassigned characters.
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}|[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b-\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}⏎⇥⟨]|(?<=[\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]/gu;
  const find = id => document.getElementById(id);
  const [reason, source, query, list, status, back, next] =
    ["reason", "source", "query", "rows", "status", "back", "next"].map(find);
  const why = find("why").textContent;
  const number = value => value.toLocaleString("en-US");
  let index, page = 0, hits = null, turn = 0, timer;

  // Chunks that were looked at last; a promise each, so that none is asked for twice.
  const kept = new Map(), waiting = new Map();
  window.sftrmRows = (chunk, rows) => { waiting.get(chunk)(rows); waiting.delete(chunk); };
  window.sftrmIndex = found => { index = found; begin(); };

  function load(name, failed) {
    const script = document.createElement("script");
    script.src = `rows/${name}.js`;
    script.onload = () => script.remove();
    script.onerror = () => { script.remove(); failed(); };
    document.head.append(script);
  }

  function rowsOf(chunk) {
    if (!kept.has(chunk)) {
      kept.set(chunk, new Promise((done, failed) => {
        waiting.set(chunk, done);
        load(String(chunk).padStart(5, "0"), () => { kept.delete(chunk); failed(); });
      }));
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }
    return kept.get(chunk);
  }

  const wanted = () => [Number(reason.value), Number(source.value), query.value.trim().toLowerCase()];

  function countIn(chunk) {
    const [byReason, bySource] = wanted();
    return index.chunks[chunk].counts.reduce((sum, [file, code, count]) =>
      sum + (code === byReason && (bySource < 0 || file === bySource) ? count : 0), 0);
  }

  function fits(row) {
    const [byReason, bySource] = wanted();
    return (byReason < 0 || row[REASONS].includes(byReason)) && (bySource < 0 || row[SOURCE] === bySource);
  }

  function says(row, words) {
    const texts = [row[ID], row[DATA_ID], row[TEXT], row[STAYED] || "", ...row[DETAILS]];
    return texts.some(text => text.toLowerCase().includes(words));
  }

  // Without words the index knows how many rows of each chunk fit; with words every chunk has to be looked into.
  async function look() {
    const mine = ++turn, words = wanted()[2];
    const chunks = index.chunks.map((_, chunk) => [chunk, countIn(chunk)]).filter(([, count]) => count);
    hits = [];
    page = 0;
    if (!words) {
      for (const [chunk, count] of chunks) for (let n = 0; n < count; n++) hits.push([chunk, n]);
      return show(mine, "");
    }
    let shown = 0;
    for (const [place, [chunk]] of chunks.entries()) {
      const rows = await rowsOf(chunk);
      if (mine !== turn) return;
      rows.filter(fits).forEach((row, n) => { if (says(row, words)) hits.push([chunk, n]); });
      if (place % 8 === 0 && shown < PAGE && hits.length > shown) {
        shown = hits.length;
        await show(mine, "so far, still looking");
      }
    }
    await show(mine, "");
  }

  // A hit is a chunk and the place among its rows that fit the filters.
  async function show(mine, note) {
    const shown = hits.slice(page * PAGE, (page + 1) * PAGE), items = [];
    for (const [chunk, n] of shown) items.push(item((await rowsOf(chunk)).filter(fits)[n]));
    if (mine !== turn) return;
    list.replaceChildren(...items);
    const first = page * PAGE + 1;
    status.textContent = hits.length
      ? `${number(first)}–${number(first + shown.length - 1)} of ${number(hits.length)} rows ${note}`
      : `No row ${note || "fits"}`;
    back.disabled = page === 0;
    next.disabled = (page + 1) * PAGE >= hits.length;
  }

  function element(name, className, ...content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  // Text nodes, and a mark for each character that cannot be seen.
  function visible(text) {
    const pieces = element("bdi", "");
    let end = 0;
    for (const found of text.matchAll(UNSEEN)) {
      pieces.append(text.slice(end, found.index));
      const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      pieces.append(element("mark", "", found[0] === "\n" ? "⏎" : found[0] === "\t" ? "⇥" : `⟨U+${code}⟩`));
      end = found.index + found[0].length;
    }
    pieces.append(text.slice(end));
    return pieces;
  }

  // As `position` of display.py says it.
  function position(row) {
    const record = `record ${number(row[INDEX] + 1)}`;
    return row[LINE] === null ? record : `line ${number(row[LINE])} (${record})`;
  }

  function item(row) {
    const made = element("li", "");
    const place = element("span", "place", visible(index.sources[row[SOURCE]]), `, ${position(row)} `);
    made.append(element("p", "", place, element("code", "copy trace", `${why} ${row[ID]}`)));
    row[REASONS].forEach((code, n) => {
      const [kind, name] = index.reasons[code];
      const detail = row[STAYED]
        ? [`similarity ${row[DETAILS][n]} to `, element("code", "copy", row[STAYED])]
        : [visible(row[DETAILS][n])];
      made.append(element("p", "", element("code", "", `${kind.toUpperCase()} ${name}`), " ", ...detail));
    });
    const more = row[CHARACTERS] - Array.from(row[TEXT]).length;
    const text = element("blockquote", "", visible(row[TEXT]));
    if (more > 0) text.append(element("span", "quiet", ` … ${number(more)} more characters`));
    made.append(text);
    return made;
  }

  function option(value, words) {
    const made = element("option", "", words);
    made.value = value;
    return made;
  }

  function begin() {
    const reasons = [...index.reasons.entries()].sort((one, other) => other[1][2] - one[1][2]);
    reason.append(...reasons.map(([code, [kind, name, count]]) =>
      option(code, `${kind.toUpperCase()} ${name} (${number(count)})`)));
    source.append(...index.sources.map((name, code) => option(code, visible(name).textContent)));
    for (const field of [reason, source]) field.addEventListener("change", look);
    query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 250); });
    back.addEventListener("click", () => { page--; show(++turn, "").then(() => list.focus()); });
    next.addEventListener("click", () => { page++; show(++turn, "").then(() => list.focus()); });
    find("tools").hidden = false;
    look();
  }

  status.textContent = "Loading …";
  load("index", () => { status.textContent = "rows/index.js is missing: was this page moved without its folder?"; });
})();
