"use strict";
// Texts of records as elements, as cells of a CSV file and as words of a shell; whatever they hold, it stays a text.
window.sftrmTexts = (() => {
  // Of a row, as browse_rows.py and warned_texts.py write it; from SPLIT on only published ones have them.
  const COLUMNS = {ID: 0, DATA_ID: 1, FILE: 2, INDEX: 3, LINE: 4, REASONS: 5, TEXT: 6, CHARACTERS: 7, DETAILS: 8, STAYED: 10, NEW: 11, FIRST: 12, MARKS: 13, OUTCOME: 14, SPLIT: 15, REPAIRS: 16, PARTS: 17, LEFT_OUT: 18};
  const {ID, DATA_ID, FILE, INDEX, LINE, REASONS, TEXT, CHARACTERS, DETAILS, STAYED, NEW, FIRST, MARKS, OUTCOME, SPLIT, REPAIRS, PARTS, LEFT_OUT} = COLUMNS;
  // As display.py shows them: controls, format and bidirectional marks, separators, private and unassigned characters.
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}|[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b-\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}⏎⇥⟨]|(?<=[\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]/gu;
  const number = value => value.toLocaleString("en-US");
  // The sentences in the language of the page, by the English ones (script_words.py); on an English page there are none.
  const table = document.getElementById("sentences"), told = table ? JSON.parse(table.textContent) : {};
  const fill = (text, values) => text.split(/\{(\w+)\}/).map((piece, n) => n % 2 ? values[piece] : piece);

  // A sentence with its parameters filled in: in pieces, of which some may be elements, and as a text.
  const sayNodes = (sentence, values) => fill(told[sentence] ?? sentence, values);
  const say = (sentence, values) => sayNodes(sentence, values).join("");

  // One about a number of things. Of a greater number the last two digits decide, as everywhere in gettext.
  function sayOf(one, many, count, values) {
    const known = told[one], english = count === 1 ? one : many;
    const form = known ? known.forms[known.of[count < 200 ? count : 100 + count % 100]] : english;
    return fill(form, {...values, count: number(count)}).join("");
  }

  const code = (character, digits) => character.codePointAt(0).toString(16).toUpperCase().padStart(digits, "0");
  const sign = character => character === "\n" ? "⏎" : character === "\t" ? "⇥" : `⟨U+${code(character, 4)}⟩`;

  function element(name, className, ...content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  // Text nodes, and a mark for each character that cannot be seen.
  function visible(text, className) {
    const pieces = element(className === undefined ? "bdi" : "mark", className || "");
    let end = 0;
    for (const found of text.matchAll(UNSEEN)) {
      pieces.append(text.slice(end, found.index), element("mark", "", sign(found[0])));
      end = found.index + found[0].length;
    }
    pieces.append(text.slice(end));
    return pieces;
  }

  // A name, which a line breaks between its words only; as `breakable` of display.py shows it.
  function named(text) {
    const made = visible(text);
    for (const node of Array.from(made.childNodes).filter(node => node.nodeType === Node.TEXT_NODE)) {
      const words = node.data.split(/(?<=[/_.-])(?=[^/_.-])/);
      node.replaceWith(...words.flatMap((word, n) => n ? [element("wbr", ""), word] : [word]));
    }
    return made;
  }

  // marks: start and end of each defect, one after the other, counted in characters and not in halves of them.
  function marked(text, marks) {
    if (!marks.length) return visible(text);
    const characters = Array.from(text), pieces = element("bdi", "");
    let end = 0;
    for (let n = 0; n < marks.length; n += 2) {
      pieces.append(visible(characters.slice(end, marks[n]).join("")));
      pieces.append(visible(characters.slice(marks[n], marks[n + 1]).join(""), "defect"));
      end = marks[n + 1];
    }
    pieces.append(visible(characters.slice(end).join("")));
    return pieces;
  }

  // As rows/cells.py has it: a spreadsheet takes no cell for a formula.
  function cell(value) {
    const text = String(value).replace(/(?![\n\t])\p{Cc}/gu, sign);
    const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  }

  // What cannot be seen is written by its number, so that the line can be copied.
  function word(text) {
    if (/^[\w@%+=:,./-]+$/.test(text)) return text;
    if (text.search(UNSEEN) < 0) return `'${text.replaceAll("'", "'\\''")}'`;
    const escaped = text.replace(/[\\']/g, "\\$&").replace(UNSEEN, one => `\\U${code(one, 8)}`);
    return `$'${escaped}'`;
  }

  // A text in Python; what cannot be seen is written by its number there, too.
  const literal = text => JSON.stringify(text).replace(UNSEEN, one => `\\U${code(one, 8)}`);

  // As `position` of display.py says it.
  function position(index, line) {
    const record = number(index + 1);
    return line === null ? say("record {record}", {record}) : say("line {line} (record {record})", {line: number(line), record});
  }

  // What was found, in the language of the page: as recognised.py has it, what differs from record to record is put
  // aside, and its sentence is looked up in what browse.py wrote.
  const OPAQUE = /(?<![A-Za-z0-9_])(?!'[,:]')('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?:sft|rm)-[0-9a-f]{32}(?![A-Za-z0-9_])|(?<![A-Za-z0-9_+^.-])[0-9]+(?:[,.][0-9]+)*(?![A-Za-z0-9_-])/g;
  function inWords(text, index) {
    const known = index.details[document.documentElement.lang], kept = [];
    if (!known) return text;
    const skeleton = text.replace(OPAQUE, found => {
      const place = kept.push(found) - 1, quote = /^['"]/.test(found) ? found[0] : "";
      return /^[0-9]/.test(found) ? String(10000000 + place) : quote + String.fromCharCode(0xe000 + place) + quote;
    });
    if (!Object.hasOwn(known, skeleton)) return text;
    return known[skeleton].replace(/(['"])([\ue000-\ue3e7])\1|[\ue000-\ue3e7]|10000[0-9]{3}/g, (found, quote, quoted) => {
      const sign = quoted || found;
      return kept[/^[0-9]/.test(sign) ? Number(sign) - 10000000 : sign.charCodeAt(0) - 0xe000] ?? found;
    });
  }

  const isWarned = (row, index) => index.outcomes[row[OUTCOME]] === "warned";

  // What of a raw record is shown.
  function excerpt(row) {
    const more = row[CHARACTERS] - row[FIRST] - Array.from(row[TEXT]).length, text = element("blockquote", "");
    if (row[FIRST]) text.append(element("span", "quiet", say("from character {place} …", {place: number(row[FIRST] + 1)}), " "));
    text.append(marked(row[TEXT], row[MARKS]));
    if (more > 0) text.append(element("span", "quiet", " ", sayOf("… {count} more character", "… {count} more characters", more)));
    return text;
  }

  function partName(name, place, rank) {
    if (name !== "response") return {question: say("question"), answer: say("answer"), prompt: say("prompt")}[name];
    return rank === null ? say("response {place}", {place}) : say("response {place}, rank {rank}", {place, rank});
  }

  // The texts of a published record; together they are what a search finds.
  function parts(row) {
    const characters = Array.from(row[TEXT]), made = element("div", "parts");
    let start = 0;
    for (const [name, place, rank, shown, whole] of row[PARTS]) {
      const text = element("blockquote", "", visible(characters.slice(start, start + shown).join("")));
      if (shown < whole) text.append(element("span", "quiet", " ", sayOf("… {count} more character", "… {count} more characters", whole - shown)));
      made.append(element("div", "part", element("p", "name", partName(name, place, rank)), text));
      start += shown + 1;
    }
    if (row[LEFT_OUT]) made.append(element("p", "quiet", sayOf("and {count} more response", "and {count} more responses", row[LEFT_OUT])));
    return made;
  }

  // Where a record is; of a run that published nothing, where it would be.
  function published(row, released) {
    const split = {train: say("train"), validation: say("validation"), test: say("test")}[row[SPLIT]];
    return released ? say("published in {split}", {split}) : say("would be published in {split}", {split});
  }

  const repaired = row => row[REPAIRS].length
    ? [element("p", "", ...sayNodes("repaired as declared: {repairs}", {repairs: element("code", "", row[REPAIRS].join(", "))}))] : [];

  // A row as the page shows it.
  function item(row, index, why, released) {
    const made = element("li", ""), [name, owner] = index.files[row[FILE]];
    const where = position(row[INDEX], row[LINE]);
    const place = owner
      ? sayNodes("{file}, {position} of {source}", {file: named(name), position: where, source: named(owner)})
      : [named(name), `, ${where}`];
    const head = element("p", "", element("span", "place", ...place), " ");
    if (row[DATA_ID]) head.append(element("span", "", ...sayNodes("id {id}", {id: visible(row[DATA_ID])})), " ");
    if (row[NEW]) head.append(element("strong", "tag new", say("new")), " ");
    if (isWarned(row, index)) head.append(element("span", "tag warning", published(row, released)));
    head.append(element("code", "copy trace", `${why} ${row[ID]}`));
    made.append(head);
    row[REASONS].forEach((code, n) => {
      const [ofKind, title] = index.reasons[code];
      const detail = row[STAYED]
        ? sayNodes("similarity {similarity} to {record}", {similarity: row[DETAILS][n], record: element("code", "copy", row[STAYED])})
        : row[DETAILS].length ? [visible(inWords(row[DETAILS][n], index))] : [];
      made.append(element("p", "", element("code", "", `${ofKind.toUpperCase()} `, named(title)), " ", ...detail));
    });
    made.append(...(isWarned(row, index) ? [...repaired(row), parts(row)] : [excerpt(row)]));
    return made;
  }

  const LISTED = ["source", "source_file", "line", "data_id", "label_kind", "reasons", "details", "excerpt", "new", "record_id", "outcome", "split", "repairs"];
  const HEADER = `${LISTED.map(cell).join()}\r\n`;

  // A row as a line of a CSV file.
  function line(row, index) {
    const [name, owner] = index.files[row[FILE]], reasons = row[REASONS].map(code => index.reasons[code]);
    const where = row[LINE] ?? position(row[INDEX], null), details = row[STAYED] || row[DETAILS].map(one => inWords(one, index)).join("; ");
    const cells = [owner, name, where, row[DATA_ID], reasons[0][0], reasons.map(([, title]) => title).join(", "), details, row[TEXT]];
    const compared = isWarned(row, index) ? index.warned_compared : index.compared;
    const after = [index.outcomes[row[OUTCOME]], row[SPLIT] || "", (row[REPAIRS] || []).join(", ")];
    return `${[...cells, compared ? row[NEW] : "", row[ID], ...after].map(cell).join()}\r\n`;
  }

  return {COLUMNS, HEADER, number, say, sayNodes, sayOf, element, visible, word, literal, cell, inWords, item, line};
})();
