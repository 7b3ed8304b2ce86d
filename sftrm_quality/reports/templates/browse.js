"use strict";
// Shows the rows that browse.py wrote. Whatever comes from a record goes into the page as text, never as markup.
(() => {
  const PAGE = 50, KEPT = 12, ANY = -1;
  const {COLUMNS, HEADER, number, say, sayNodes, sayOf, element, visible, word, item, line} = window.sftrmTexts;
  const {ID, DATA_ID, FILE, REASONS, TEXT, DETAILS, STAYED, NEW} = COLUMNS;
  const find = id => document.getElementById(id);
  const [source, file, reason, kind, fresh, query, list, status, back, next, rowsCommand, save] =
    ["source", "file", "reason", "kind", "new", "query", "rows", "status", "back", "next", "command", "save"].map(find);
  const selects = {source, file, reason, kind};
  const why = find("why").textContent, command = find("base").textContent, run = find("run").textContent;
  let index, page = 0, hits = null, turn = 0, timer, wanted;

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

  const kindOf = row => index.reasons[row[REASONS][0]][0];

  // The filters are in the address and nowhere else, so that a link to the page brings them and the way back works.
  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const names = Object.fromEntries(Object.keys(selects).map(name => [name, given.get(name) || ""]));
    wanted = {...names, fresh: given.get("new") === "1", words: (given.get("q") || "").trim()};
    listFiles();
    for (const [name, select] of Object.entries(selects)) {
      if (!Array.from(select.options).some(one => one.value === names[name])) select.append(option(names[name], 0));
      select.value = names[name];
    }
    fresh.checked = wanted.fresh;
    if (query.value.trim() !== wanted.words) query.value = wanted.words;
    look(wanted);
  }

  function write(replace) {
    const given = new URLSearchParams();
    for (const [name, select] of Object.entries(selects)) if (select.value) given.set(name, select.value);
    if (fresh.checked) given.set("new", "1");
    if (query.value.trim()) given.set("q", query.value.trim());
    if (replace) location.replace(`#${given}`); else location.hash = given;
  }

  const fileFits = (code, now) =>
    (!now.file || index.files[code][0] === now.file) && (!now.source || index.files[code][1] === now.source);

  function countIn(chunk, now) {
    return index.chunks[chunk].counts.reduce((sum, [code, ofKind, why, count, ofNew]) =>
      sum + ((now.reason ? why !== ANY && index.reasons[why][1] === now.reason : why === ANY)
        && (!now.kind || index.kinds[ofKind] === now.kind) && fileFits(code, now) ? (now.fresh ? ofNew : count) : 0), 0);
  }

  const fits = now => row => fileFits(row[FILE], now) && (!now.kind || kindOf(row) === now.kind)
    && (!now.reason || row[REASONS].some(code => index.reasons[code][1] === now.reason)) && (!now.fresh || row[NEW] === 1);

  function says(row, words) {
    const texts = [row[ID], row[DATA_ID], row[TEXT], row[STAYED], ...row[DETAILS]];
    return texts.some(text => text.toLowerCase().includes(words));
  }

  const chunksOf = now => index.chunks.map((_, chunk) => [chunk, countIn(chunk, now)]).filter(([, count]) => count);

  // Without words the index knows how many rows of each chunk fit; with words every chunk has to be looked into.
  async function look(now) {
    const mine = ++turn, words = now.words.toLowerCase(), chunks = chunksOf(now);
    hits = [];
    page = 0;
    tell(now);
    if (!words) {
      for (const [chunk, count] of chunks) for (let n = 0; n < count; n++) hits.push([chunk, n]);
      return show(mine, false);
    }
    let shown = 0;
    for (const [place, [chunk]] of chunks.entries()) {
      const rows = await rowsOf(chunk);
      if (mine !== turn) return;
      rows.filter(fits(now)).forEach((row, n) => { if (says(row, words)) hits.push([chunk, n]); });
      if (place % 8 === 0 && shown < PAGE && hits.length > shown) {
        shown = hits.length;
        await show(mine, true);
      }
    }
    await show(mine, false);
  }

  function found(shown, looking, now) {
    const values = {first: number(page * PAGE + 1), last: number(page * PAGE + shown)};
    if (hits.length && looking) {
      return sayOf("{first}–{last} of {count} row so far, still looking", "{first}–{last} of {count} rows so far, still looking", hits.length, values);
    }
    if (hits.length) return sayOf("{first}–{last} of {count} row", "{first}–{last} of {count} rows", hits.length, values);
    if (looking) return say("No row so far, still looking");
    return now.fresh && !index.compared
      ? say("No row is known to be new: there is no release before to compare with") : say("No row fits");
  }

  // A hit is a chunk and the place among its rows that fit the filters.
  async function show(mine, looking) {
    const shown = hits.slice(page * PAGE, (page + 1) * PAGE), items = [], now = wanted;
    for (const [chunk, n] of shown) items.push(item((await rowsOf(chunk)).filter(fits(now))[n], index, why));
    if (mine !== turn) return;
    list.replaceChildren(...items);
    status.textContent = found(shown.length, looking, now);
    back.disabled = page === 0;
    next.disabled = (page + 1) * PAGE >= hits.length;
    save.disabled = !hits.length;
  }

  // The command for the same rows in full.
  function tell(now) {
    const options = [["source", now.source], ["file", now.file], ["reason", now.reason], ["label-kind", now.kind]];
    const words = options.filter(([, name]) => name).map(([name, value]) => ` --${name} ${word(value)}`);
    const full = `${command}${words.join("")}${now.fresh ? " --new" : ""} --format xlsx`;
    rowsCommand.replaceChildren(...(now.reason.startsWith("duplicate: ")
      ? [say("Duplicates are no faults, and are not sent back: they are in the duplicates file, whole.")]
      : sayNodes("The failing rows of these filters, in full: {command}", {command: element("code", "copy", full)})));
  }

  // All rows that fit, as a CSV file of what the page shows of them.
  async function saved() {
    const now = wanted, words = now.words.toLowerCase(), parts = [];
    parts.push("\ufeff", HEADER);
    save.disabled = true;
    for (const [chunk] of chunksOf(now)) {
      const rows = (await rowsOf(chunk)).filter(fits(now)).filter(row => !words || says(row, words));
      parts.push(...rows.map(row => line(row, index)));
    }
    const link = element("a", "");
    link.href = URL.createObjectURL(new Blob(parts, {type: "text/csv"}));
    link.download = `excerpts-${run}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    save.disabled = false;
  }

  function option(name, count) {
    const made = element("option", "", `${visible(name).textContent || "–"} (${number(count)})`);
    made.value = name;
    return made;
  }

  // Names with their rows, most rows first; those of a select are made anew, but for the first one, which is all.
  function offer(select, counted) {
    const names = [...counted].sort((one, other) => other[1] - one[1]);
    select.replaceChildren(select.options[0], ...names.map(([name, count]) => option(name, count)));
  }

  function counted(nameOf) {
    const found = new Map();
    for (const {counts} of index.chunks) for (const [code, ofKind, why, count] of counts) {
      const name = nameOf(code, ofKind, why);
      if (name) found.set(name, (found.get(name) || 0) + count);
    }
    return found;
  }

  const listFiles = () => offer(file, counted((code, _, why) =>
    why === ANY && (!wanted.source || index.files[code][1] === wanted.source) && index.files[code][0]));

  function begin() {
    offer(source, counted((code, _, why) => why === ANY && index.files[code][1]));
    offer(reason, counted((code, _, why) => why !== ANY && index.reasons[why][1]));
    offer(kind, counted((code, ofKind, why) => why === ANY && index.kinds[ofKind]));
    fresh.disabled = !index.compared;
    source.addEventListener("change", () => { file.value = ""; });
    for (const field of [source, file, reason, kind, fresh]) field.addEventListener("change", () => write(false));
    query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => write(true), 250); });
    back.addEventListener("click", () => { page--; show(++turn, false).then(() => list.focus()); });
    next.addEventListener("click", () => { page++; show(++turn, false).then(() => list.focus()); });
    save.addEventListener("click", saved);
    window.addEventListener("hashchange", read);
    find("tools").hidden = find("command").hidden = false;
    read();
  }

  status.textContent = say("Loading …");
  load("index", () => { status.textContent = say("rows/index.js is missing: was this page moved without its folder?"); });
})();
