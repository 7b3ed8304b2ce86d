"use strict";
// Shows the rows that browse.py wrote. Whatever comes from a record goes into the page as text, never as markup.
(() => {
  const PAGE = 50, KEPT = 12;
  const {HEADER, number, say, sayNodes, sayOf, element, visible, word, literal, item, line} = window.sftrmTexts;
  const find = id => document.getElementById(id);
  const [outcome, source, file, reason, kind, fresh, query, list, status, back, next, rowsCommand, save] =
    ["outcome", "source", "file", "reason", "kind", "new", "query", "rows", "status", "back", "next", "command", "save"].map(find);
  const selects = {outcome, source, file, reason, kind};
  const why = find("why").textContent, command = find("base").textContent, run = find("run").textContent;
  const release = find("release").textContent;
  let index, filters, page = 0, hits = null, turn = 0, timer, wanted;

  // Chunks that were looked at last; a promise each, so that none is asked for twice.
  const kept = new Map(), waiting = new Map();
  window.sftrmRows = (chunk, rows) => { waiting.get(chunk)(rows); waiting.delete(chunk); };
  window.sftrmIndex = found => { index = found; filters = window.sftrmFilters(found); begin(); };

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

  // The filters are in the address and nowhere else, so that a link to the page brings them and the way back works.
  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const names = Object.fromEntries(Object.keys(selects).map(name => [name, given.get(name) || ""]));
    // Without an outcome what people look for first: what is not published; but a reason that warns leads to its records.
    names.outcome = names.outcome || (filters.isOf("warned", names.reason) && !filters.isOf("", names.reason) ? "warned" : "");
    wanted = {...names, fresh: given.get("new") === "1", words: (given.get("q") || "").trim()};
    for (const [name, found] of Object.entries(filters.names(wanted))) offer(selects[name], found);
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

  // Without words the index knows how many rows of each chunk fit; with words every chunk has to be looked into.
  async function look(now) {
    const mine = ++turn, words = now.words.toLowerCase(), chunks = filters.chunksOf(now);
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
      rows.filter(filters.fits(now)).forEach((row, n) => { if (filters.says(row, words)) hits.push([chunk, n]); });
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
    if (now.fresh && !filters.isCompared(now.outcome)) {
      return now.outcome === "warned"
        ? say("No row is known to be new: there is no release before, or none that names what warns of its records")
        : say("No row is known to be new: there is no release before to compare with");
    }
    return say("No row fits");
  }

  // A hit is a chunk and the place among its rows that fit the filters.
  async function show(mine, looking) {
    const shown = hits.slice(page * PAGE, (page + 1) * PAGE), items = [], now = wanted;
    for (const [chunk, n] of shown) items.push(item((await rowsOf(chunk)).filter(filters.fits(now))[n], index, why, release !== ""));
    if (mine !== turn) return;
    list.replaceChildren(...items);
    status.textContent = found(shown.length, looking, now);
    back.disabled = page === 0;
    next.disabled = (page + 1) * PAGE >= hits.length;
    save.disabled = !hits.length;
  }

  // The records of the filters in full, label kind by label kind: their columns differ.
  function inRelease(now) {
    const kinds = index.kinds.filter(one => (!now.kind || one === now.kind) && filters.chunksOf({...now, kind: one}).length);
    const rows = [now.reason ? `rows["warnings"].map(lambda names: ${literal(now.reason)} in names)` : '(rows["warnings"].map(len) > 0)'];
    if (now.file) rows.push(`(rows["source_file"] == ${literal(now.file)})`);
    return kinds.map(one => element("code", "copy trace", `pandas.read_parquet(${literal(`${release}/${one}`)}).loc[lambda rows: ${rows.join(" & ")}]`));
  }

  // The command for the same rows in full.
  function tell(now) {
    if (now.outcome === "warned") {
      const commands = element("span", "", ...inRelease(now));
      rowsCommand.replaceChildren(...(release
        ? sayNodes("In full, by reason and file, with pandas in the output folder: {command}", {command: commands})
        : [say("Nothing was published: these records are in no release.")]));
      return;
    }
    const options = [["source", now.source], ["file", now.file], ["reason", now.reason], ["label-kind", now.kind]];
    const words = options.filter(([, name]) => name).map(([name, value]) => ` --${name} ${word(value)}`);
    const full = `${command}${words.join("")}${now.fresh ? " --new" : ""} --format xlsx`;
    rowsCommand.replaceChildren(...(now.outcome === "duplicate" || now.reason.startsWith("duplicate: ")
      ? [say("Duplicates are no faults, and are not sent back: they are in the duplicates file, whole.")]
      : sayNodes("The failing rows of these filters, in full: {command}", {command: element("code", "copy", full)})));
  }

  // All rows that fit, as a CSV file of what the page shows of them.
  async function saved() {
    const now = wanted, words = now.words.toLowerCase(), parts = [];
    parts.push("\ufeff", HEADER);
    save.disabled = true;
    for (const [chunk] of filters.chunksOf(now)) {
      const rows = (await rowsOf(chunk)).filter(filters.fits(now)).filter(row => !words || filters.says(row, words));
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

  // The names of outcomes are the page's; those of which there is no row are not offered.
  function listOutcomes() {
    for (const one of Array.from(outcome.options)) {
      const rows = filters.rowsOf(one.value);
      if (one.value && !rows) one.remove(); else one.append(` (${number(rows)})`);
    }
  }

  function begin() {
    listOutcomes();
    fresh.disabled = !filters.isCompared("") && !filters.isCompared("warned");
    source.addEventListener("change", () => { file.value = ""; });
    // A reason and an outcome that no row has together: the one that was chosen last counts.
    outcome.addEventListener("change", () => { if (!filters.isOf(outcome.value, reason.value)) reason.value = ""; });
    reason.addEventListener("change", () => { if (reason.value && !filters.isOf(outcome.value, reason.value)) outcome.value = ""; });
    for (const field of [outcome, source, file, reason, kind, fresh]) field.addEventListener("change", () => write(false));
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
