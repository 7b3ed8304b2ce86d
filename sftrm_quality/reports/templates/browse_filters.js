"use strict";
// Which rows fit the filters of the page, and how many: by the counts of the index, so that no other rows are loaded.
window.sftrmFilters = index => {
  // Instead of a reason: any, since a row with two of them is one row (browse.py).
  const ANY = -1;
  const {inWords} = window.sftrmTexts;
  const {ID, DATA_ID, FILE, REASONS, TEXT, DETAILS, STAYED, NEW, OUTCOME} = window.sftrmTexts.COLUMNS;

  // Without the name of one: what is not published, which people look for first.
  const outcomeFits = (code, name) =>
    name === "all" || (name ? index.outcomes[code] === name : index.outcomes[code] !== "warned");

  const fileFits = (code, now) =>
    (!now.file || index.files[code][0] === now.file) && (!now.source || index.files[code][1] === now.source);

  const kindOf = row => index.reasons[row[REASONS][0]][0];

  const fits = now => row => fileFits(row[FILE], now) && outcomeFits(row[OUTCOME], now.outcome)
    && (!now.kind || kindOf(row) === now.kind) && (!now.fresh || row[NEW] === 1)
    && (!now.reason || row[REASONS].some(code => index.reasons[code][1] === now.reason));

  function says(row, words) {
    const texts = [row[ID], row[DATA_ID], row[TEXT], row[STAYED], ...row[DETAILS], ...row[DETAILS].map(one => inWords(one, index))];
    return texts.some(text => text.toLowerCase().includes(words));
  }

  function countIn({counts}, now) {
    return counts.reduce((sum, [code, ofKind, ofOutcome, why, count, ofNew]) =>
      sum + ((now.reason ? why !== ANY && index.reasons[why][1] === now.reason : why === ANY)
        && (!now.kind || index.kinds[ofKind] === now.kind) && outcomeFits(ofOutcome, now.outcome)
        && fileFits(code, now) ? (now.fresh ? ofNew : count) : 0), 0);
  }

  const chunksOf = now => index.chunks.map((chunk, n) => [n, countIn(chunk, now)]).filter(([, count]) => count);

  // Whether a reason has rows of an outcome.
  const isOf = (name, reason) => index.chunks.some(({counts}) => counts.some(([, , ofOutcome, why]) =>
    why !== ANY && index.reasons[why][1] === reason && outcomeFits(ofOutcome, name)));

  function counted(nameOf) {
    const found = new Map();
    for (const {counts} of index.chunks) for (const [code, ofKind, ofOutcome, why, count] of counts) {
      const name = nameOf(code, ofKind, ofOutcome, why);
      if (name) found.set(name, (found.get(name) || 0) + count);
    }
    return found;
  }

  // Sources, files and kinds of an outcome, each with its rows; reasons of all outcomes, since one leads to its own.
  function names(now) {
    const isListed = (ofOutcome, why) => why === ANY && outcomeFits(ofOutcome, now.outcome);
    return {
      source: counted((code, _, ofOutcome, why) => isListed(ofOutcome, why) && index.files[code][1]),
      file: counted((code, _, ofOutcome, why) => isListed(ofOutcome, why)
        && (!now.source || index.files[code][1] === now.source) && index.files[code][0]),
      kind: counted((_, ofKind, ofOutcome, why) => isListed(ofOutcome, why) && index.kinds[ofKind]),
      reason: counted((code, _, ofOutcome, why) => why !== ANY && index.reasons[why][1]),
    };
  }

  const rowsOf = outcome => chunksOf({outcome}).reduce((sum, [, count]) => sum + count, 0);
  const isCompared = outcome => outcome === "warned" ? index.warned_compared : index.compared;

  return {fits, says, chunksOf, isOf, names, rowsOf, isCompared};
};
