// Searching: the index that `florilegium build` made, read by the browser itself. Its format is described in
// scripts/florilegium/site/search/: words in search_tokens.py, shards in index_shards.py, entries in index_blocks.py.
// The pages that search (frame/finder.js, pages/explorer.js) know nothing of files.

// ------------------------------------------------------------------------------------------------ words of a text

/** @typedef {{ form: string, position: number, main: boolean }} Word a form of a word, as in search_tokens.py */

const REMOVED =
  /(?<![\u0418\u0438])\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu;
/** @type {Record<string, string>} */
const LETTERS = {
  ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", ħ: "h", ı: "i", þ: "th", ŧ: "t", ς: "σ", ى: "ي", ة: "ه",
  "’": "'", "‘": "'", ʼ: "'", "`": "'", "´": "'", "׳": "'", "״": '"', "‐": "-", "‑": "-", _: " ",
};
const SIGNS =
  "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}";
const RUN = "[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]*";
const CHUNK = new RegExp(`${RUN}(?:(?:['\\-]|(?<=\\p{Nd})[.,](?=\\p{Nd})|(?<=[א-ת])"(?=[א-ת]))${RUN})*`, "gu");
const RUNS_OF_SIGNS = new RegExp(`([${SIGNS}]+)`, "u");

/** A text in which letters that differ by case, diacritics or typography alone are the same. @param {string} text */
export function fold(text) {
  return text
    .normalize("NFD")
    .replace(REMOVED, "")
    .normalize("NFC")
    .replace(/[\ufb00-\ufb06\uff01-\uffee]+/g, (found) => found.normalize("NFKC"))
    .toLowerCase()
    .replace(/[^\0-^a-\x7f]/gu, (sign) => LETTERS[sign] ?? sign);
}

/** All forms of all words of a text. @param {string} text @returns {Word[]} */
export function wordsOf(text) {
  /** @type {Word[]} */
  const found = [];
  let position = 0;
  for (const [chunk] of fold(text).matchAll(CHUNK)) {
    chunk.split(RUNS_OF_SIGNS).forEach((piece, number) => {
      const forms = number % 2 ? signs(piece) : hyphenated(piece);
      for (const [form, place, main] of forms) found.push({ form, position: position + place, main });
      position += number % 2 ? [...piece].length : piece.split("-").filter(Boolean).length;
    });
  }
  return found;
}

/** @typedef {[form: string, place: number, main: boolean][]} Forms */

/** @param {string} run @returns {Forms} */
function signs(run) {
  const all = [...run];
  if (all.length === 1) return [[run, 0, true]];
  return all.flatMap((sign, place) => {
    /** @type {Forms} */
    const one = [[sign, place, false]];
    return place < all.length - 1 ? [[sign + all[place + 1], place, true], ...one] : one;
  });
}

/** @param {string} piece @returns {Forms} */
function hyphenated(piece) {
  const parts = piece.split("-").filter(Boolean);
  const forms = parts.flatMap((part, place) => formsOf(part, place));
  const joined = parts.join("");
  if (parts.length > 1 && !/^\p{N}*$/u.test(joined)) forms.push([joined, 0, false]);
  return forms;
}

/** @param {string} part @param {number} place @returns {Forms} */
function formsOf(part, place) {
  const word = part.replaceAll('"', "").replace(/^['.,]+|['.,]+$/g, "");
  const others = new Set();
  if (word.includes("'")) {
    const owner = word.replace(/'s$/, "");
    const pieces = owner.split("'");
    for (const other of [owner, pieces[0], pieces[pieces.length - 1]])
      if ([...other].length > 1 && !["ll", "re", "ve"].includes(other)) others.add(other);
  }
  if (/^[א-ת]{3,}$/.test(word) && "והבכלמש".includes(word[0])) {
    others.add(word.slice(1));
    if ("וש".includes(word[0]) && word.length > 4 && "הבכלמש".includes(word[1])) others.add(word.slice(2));
  }
  if (/^[\u0621-\u064a]{3,}$/.test(word)) {
    if ("وفبكل".includes(word[0]) && word.length > 3) others.add(word.slice(1));
    for (const prefix of ["ال", "وال", "فال", "بال", "كال", "لل"])
      if (word.startsWith(prefix) && word.length - prefix.length > 1) others.add(word.slice(prefix.length));
  }
  others.delete(word);
  return [[word, place, true], ...[...others].map((other) => /** @type {[string, number, boolean]} */ ([other, place, false]))];
}

// ------------------------------------------------------------------------------------------------------- the index

/**
 * @typedef {{ form: string, stem: string, start: number, end: number }} Term
 * @typedef {{ terms: Term[], records: Float64Array, positions: Uint16Array, lengths: Uint8Array }} Shard
 *   Postings side by side: record, position and length class of each.
 * @typedef {{ count: number, positions: number[], title: boolean, length: number, exact: boolean }} Match
 * @typedef {Map<number, Match>} Matches by record
 * @typedef {{ version: string, bits: number[], lengths: number[], shards: string, quotations: number, parts: string[] }} About
 */

/** Records of one document. */
const PLACES = 2 ** 20;
export const TITLE = 0x8000;
export const KINDS = ["quotations", "notes", "themes", "works"];

/** @param {number} record */
export const documentOf = (record) => Math.floor(record / PLACES);
/** @param {number} record */
export const placeOf = (record) => record % PLACES;

export class Index {
  /** @param {URL} root of the site */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, Promise<any>>} */
    this.files = new Map();
    /** @type {Set<string>} */
    this.shards = new Set();
    /** @type {About} */
    this.about = /** @type {any} */ (null);
  }

  /** Load the description of the index. @returns {Promise<this>} */
  open() {
    return this.once("open", async () => {
      this.about = await (await this.fetched("index.json")).json();
      this.shards = new Set(this.about.shards.split(" "));
      return this;
    });
  }

  /** The catalogue of what can be chosen. @returns {Promise<any>} */
  catalogue() {
    return this.once("catalogue", async () => (await this.fetched("facets.json")).json());
  }

  /** @param {string} name @param {() => Promise<any>} load */
  once(name, load) {
    const known = this.files.get(name);
    if (known) return known;
    const loading = load().catch((error) => {
      this.files.delete(name); // A later try begins anew.
      throw error;
    });
    this.files.set(name, loading);
    return loading;
  }

  /** @param {string} name */
  async fetched(name) {
    const address = new URL(`search-index/${name}`, this.root);
    if (this.about) address.search = this.about.version;
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer;
  }

  /** The bytes of a compressed file. @param {string} name @returns {Promise<Uint8Array>} */
  async bytes(name) {
    const body = (await this.fetched(name)).body?.pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(body).arrayBuffer());
  }

  // -- postings

  /** @param {string} prefix @returns {Promise<Shard>} */
  shard(prefix) {
    const name = prefix.replace(/[^a-z0-9]/gu, (sign) => `_${sign.codePointAt(0)?.toString(16)}_`);
    return this.once(`s-${name}`, async () => decodeShard(await this.bytes(`s-${name}.bin`)));
  }

  /** The beginning whose shard has a form. @param {string} form after its group */
  home(form) {
    const all = [...form];
    for (let length = Math.min(all.length, 7); length > 1; length--) {
      const prefix = all.slice(0, length).join("");
      if (this.shards.has(prefix)) return prefix;
    }
    return all[0];
  }

  /** All terms that begin so, and the shards that they are in. @param {string} beginning after its group */
  async beginning(beginning) {
    const names = [...this.shards].filter((name) => name.startsWith(beginning));
    const shards = await Promise.all([...new Set([this.home(beginning), ...names])].map((name) => this.shard(name)));
    return shards.flatMap((shard) =>
      shard.terms.filter((term) => term.form.startsWith(beginning)).map((term) => ({ shard, term })),
    );
  }

  /** The terms of a form. @param {string} form after its group */
  async terms(form) {
    const shard = await this.shard(this.home(form));
    return { shard, terms: shard.terms.filter((term) => term.form === form) };
  }

  /** The records that have a form, or an inflection of it. @param {string} group @param {string} form @param {boolean} only exact ones */
  async matches(group, form, only) {
    const { shard, terms } = await this.terms(group + form);
    /** @type {Matches} */
    const found = new Map();
    const forms = new Set([form]);
    for (const term of terms) gather(found, shard, term, true);
    if (!only) {
      // A form that these records do not have may have its stem with the others.
      const known = terms.length ? terms : (await this.terms((group === "q" ? "r" : "q") + form)).terms;
      for (const stem of new Set(known.map((term) => term.stem))) {
        let shared = 0;
        while (shared < stem.length && stem[shared] === form[shared]) shared++;
        const common = form.slice(0, shared);
        // An inflection may change the last letter of the stem: memory, memori(es).
        const near = common.length > 3 ? common.slice(0, -1) : common;
        if (near.length < 2) continue;
        for (const other of await this.beginning(group + near)) {
          if (other.term.stem !== stem || other.term.form === group + form) continue;
          forms.add(other.term.form.slice(1));
          gather(found, other.shard, other.term, false);
        }
      }
    }
    return { found, forms };
  }

  /** The records of a value of a facet. @param {string} value `#amnesia` @returns {Promise<Set<number>>} */
  async facet(value) {
    const { shard, terms } = await this.terms(`q${value}`);
    return new Set(terms.flatMap((term) => [...shard.records.subarray(term.start, term.end)]));
  }

  /** The records of all values of a dimension. @param {string} sign @returns {Promise<Map<string, Float64Array>>} */
  facets(sign) {
    return this.once(`facets ${sign}`, async () => {
      const all = await this.beginning(`q${sign}`);
      return new Map(all.map(({ shard, term }) => [term.form.slice(2), shard.records.subarray(term.start, term.end)]));
    });
  }

  // -- entries

  /** @param {number} number of a document @returns {Promise<any[] | undefined>} its entry, whose last part is a text */
  async entry(number) {
    const kind = number >> 20;
    const bits = this.about.bits[kind];
    const block = ((number & 0xfffff) >> (20 - bits)).toString(16);
    const name = `${"qntw"[kind]}-${block}.bin`;
    const entries = await this.once(name, async () => {
      const [head, ...texts] = new TextDecoder().decode(await this.bytes(name)).split("\x01");
      return new Map(JSON.parse(head).map((/** @type {any[]} */ one, /** @type {number} */ place) => [one[0], [...one.slice(1), texts[place]]]));
    });
    return entries.get(number);
  }

  /** A quotation's row, with its card as HTML. @param {number} record */
  async quotation(record) {
    const entry = await this.entry(documentOf(record));
    if (!entry) return null;
    const [note, title, rows, cards] = entry;
    const row = rows[placeOf(record)];
    if (!row) return null;
    const [id, who, work, key, locator, via, viaLocator, year, themes, notices, state, language] = row;
    const html = cards.split("\0")[placeOf(record)];
    return { record, note, title, id, who, work, key, locator, via, viaLocator, year, themes, notices, state, language, html: this.whole(html) };
  }

  /** A card with the parts that all cards have. @param {string} html */
  whole(html) {
    const { parts } = this.about;
    return html.replace(/[\ue000-\ue0ff]/g, (sign) => {
      const place = sign.charCodeAt(0) - 0xe000;
      return place === parts.length - 1 ? this.root.pathname : parts[place];
    });
  }

  /** The record of a quotation by its name. @param {string} note @param {string} id */
  async named(note, id) {
    await this.open();
    const first = crc32(note) >>> 12;
    for (let more = 0; more < 4; more++) {
      const number = (first + more) & 0xfffff;
      const entry = await this.entry(number).catch(() => undefined);
      if (!entry) return null;
      if (entry[0] !== note) continue;
      const place = entry[2].findIndex((/** @type {any[]} */ row) => row[0] === id);
      return place < 0 ? null : number * PLACES + place;
    }
    return null;
  }
}

/** The postings of a shard. @param {Uint8Array} bytes @returns {Shard} */
function decodeShard(bytes) {
  const text = new TextDecoder();
  let place = 0;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[place++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  /** @param {string} before @param {number} less */
  const ending = (before, less) => {
    const shared = number() - less;
    const length = number();
    place += length;
    return [...before].slice(0, shared).join("") + text.decode(bytes.subarray(place - length, place));
  };
  /** @type {Term[]} */
  const terms = [];
  let [form, total] = ["", 0];
  for (let count = number(); count > 0; count--) {
    form = ending(form, 0);
    const stem = bytes[place] ? ending(form.slice(1), 1) : form.slice(1 + 0 * place++);
    const start = total;
    total += number();
    terms.push({ form, stem, start, end: total });
  }
  const mask = bytes[place++];
  const empty = new Uint8Array(total);
  const planes = Array.from({ length: 8 }, (_, plane) => {
    if (!((mask >> plane) & 1)) return empty;
    place += total;
    return bytes.subarray(place - total, place);
  });
  const shard = { terms, records: new Float64Array(total), positions: new Uint16Array(total), lengths: new Uint8Array(total) };
  for (const term of terms) {
    let document = 0;
    for (let at = term.start; at < term.end; at++) {
      document += planes[5][at] + planes[6][at] * 256 + planes[7][at] * 65536;
      shard.records[at] = document * PLACES + (planes[2][at] >> 4) + planes[3][at] * 16 + planes[4][at] * 4096;
      shard.positions[at] = planes[0][at] + planes[1][at] * 256;
      shard.lengths[at] = planes[2][at] & 15;
    }
  }
  return shard;
}

/** Add the postings of a term. @param {Matches} found @param {Shard} shard @param {Term} term @param {boolean} exact */
function gather(found, { records, positions, lengths }, { start, end }, exact) {
  for (let at = start; at < end; at++) {
    let match = found.get(records[at]);
    if (!match) found.set(records[at], (match = { count: 0, positions: [], title: false, length: lengths[at], exact: false }));
    match.count += 1;
    match.exact ||= exact;
    if (exact) match.positions.push(positions[at]);
    if (positions[at] >= TITLE) match.title = true;
  }
}

/** @type {number[] | undefined} */
let table;
/** The CRC-32 of a text in UTF-8. @param {string} text */
export function crc32(text) {
  table ??= Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte >>> 0;
  });
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) sum = (sum >>> 8) ^ table[(sum ^ byte) & 255];
  return (sum ^ 0xffffffff) >>> 0;
}

// ------------------------------------------------------------------------------------------------------- searching

/**
 * @typedef {{ text: string, words: Word[], others: string[], quoted: boolean }} Unit a word, or words that must stand together
 * @typedef {{ record: number, score: number, exact: boolean, title: boolean, together: boolean }} Hit
 * @typedef {{ hits: Hit[], forms: Set<string>, missing: Unit[] }} Answer
 */

/** The first hit in each document: of a note, its best part. @param {Hit[]} hits @param {number} kind */
export function ofKind(hits, kind) {
  const seen = new Set();
  return hits.filter(({ record }) => {
    const document = documentOf(record);
    if (document >> 20 !== kind || (kind && seen.has(document))) return false;
    return seen.add(document);
  });
}

/** What is searched for: words, and phrases between quotation marks. @param {string} query @returns {Unit[]} */
export function parse(query) {
  const units = [];
  for (const [, straight, curly, low, angled, word] of query.matchAll(/"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|(\S+)/g)) {
    const text = straight ?? curly ?? low ?? angled ?? word;
    const all = wordsOf(text);
    const words = all.filter((one) => one.main);
    if (words.length === 0) continue;
    // Parts of a word are other forms of it in a text; to who types them, only the word without its ’s is.
    const others = all.filter((one) => !one.main && one.position === 0 && (!words[0].form.includes("'") || words[0].form === `${one.form}'s`));
    units.push({ text, words, others: word ? others.map((one) => one.form) : [], quoted: word === undefined });
  }
  return units;
}

/** The records of one group that have all units. @param {Index} index @param {string} group @param {Unit[]} units @returns {Promise<Answer>} */
export async function search(index, group, units) {
  await index.open();
  const found = await Promise.all(units.map((unit) => matchesOf(index, group, unit)));
  const forms = new Set(found.flatMap((one) => [...one.forms]));
  const missing = units.filter((_, place) => !found[place].found.size);
  if (!units.length || missing.length) return { hits: [], forms, missing };
  const [rarest, ...rest] = [...found].sort((one, other) => one.found.size - other.found.size);
  const total = Math.max(index.about.quotations, 1);
  const hits = [];
  for (const record of rarest.found.keys()) {
    if (!rest.every((one) => one.found.has(record))) continue;
    const matches = found.map((one) => /** @type {Match} */ (one.found.get(record)));
    let score = 0;
    matches.forEach((match, place) => {
      const rarity = Math.log(1 + total / found[place].found.size);
      // BM25, in which a length is known by its power of two.
      score += (rarity * match.count * 2.2) / (match.count + 1.2 * (0.25 + (0.75 * 2 ** match.length) / 64));
    });
    const exact = matches.every((match) => match.exact);
    hits.push({ record, score, exact, title: matches.every((match) => match.title), together: exact && standTogether(units, matches) });
  }
  hits.sort(better);
  return { hits, forms, missing };
}

/** Exact forms before others, titles before texts, words that stand together before those that do not. @param {Hit} one @param {Hit} other */
export function better(one, other) {
  return +other.exact - +one.exact || +other.title - +one.title || +other.together - +one.together || other.score - one.score || one.record - other.record;
}

/** @param {Unit[]} units @param {Match[]} matches */
function standTogether(units, matches) {
  let ends = matches[0].positions;
  for (let place = 1; place < matches.length; place++) {
    const width = units[place - 1].words.length;
    const next = new Set(matches[place].positions);
    ends = ends.map((position) => position + width).filter((position) => next.has(position));
  }
  return ends.length > 0;
}

/** @param {Index} index @param {string} group @param {Unit} unit */
async function matchesOf(index, group, unit) {
  const { words } = unit;
  if (words.length === 1) {
    const one = await index.matches(group, words[0].form, unit.quoted);
    if (!unit.quoted)
      for (const other of unit.others) {
        const more = await index.matches(group, other, true);
        if (more.found.size) one.forms.add(other);
        for (const [record, match] of more.found) if (!one.found.has(record)) one.found.set(record, { ...match, exact: false });
      }
    return one;
  }
  const each = await Promise.all(words.map((word) => index.matches(group, word.form, true)));
  /** @type {Matches} */
  const found = new Map();
  for (const [record, first] of each[0].found) {
    let starts = first.positions;
    for (let place = 1; place < each.length && starts.length; place++) {
      const next = new Set(each[place].found.get(record)?.positions);
      const distance = words[place].position - words[0].position;
      starts = starts.filter((position) => next.has(position + distance));
    }
    if (starts.length) found.set(record, { ...first, count: starts.length, positions: starts, title: starts.some((one) => one >= TITLE) });
  }
  const forms = new Set(words.map((word) => word.form));
  for (const other of unit.others) {
    const joined = await index.matches(group, other, true);
    if (joined.found.size) forms.add(other);
    for (const [record, match] of joined.found) if (!found.has(record)) found.set(record, match);
  }
  return { found, forms };
}

/**
 * What may have been meant by a word that nothing has: forms one letter away, then those that begin alike.
 * @param {Index} index @param {string} form @returns {Promise<string[]>}
 */
export async function suggest(index, form) {
  const size = [...form].length;
  const alike = [];
  for (const group of "qr") {
    const { terms } = await index.shard(index.home(group + form));
    for (const term of terms) {
      const other = term.form.slice(1);
      const [short, long] = other.length < form.length ? [other, form] : [form, other];
      if (short.length > 2 && long.startsWith(short) && long.length - short.length < 6) alike.push(other);
    }
  }
  const lengths = index.about.lengths.filter((length) => Math.abs(length - Math.min(size, 11)) < 2);
  const lists = size < 3 ? [] : await Promise.all(lengths.map((length) => listed(index, length)));
  const near = lists.flat().filter((other) => isOneAway(form, other));
  alike.sort((one, other) => Math.abs(one.length - size) - Math.abs(other.length - size) || (one < other ? -1 : 1));
  return [...new Set([...near.sort(), ...alike])].slice(0, 6);
}

/** @param {Index} index @param {number} length @returns {Promise<string[]>} */
function listed(index, length) {
  const name = `l-${length}.bin`;
  return index.once(name, async () => new TextDecoder().decode(await index.bytes(name)).split("\n"));
}

/** Whether one letter more, less, other, or exchanged with the next makes one word of the other. @param {string} one @param {string} other */
export function isOneAway(one, other) {
  const [a, b] = one.length <= other.length ? [[...one], [...other]] : [[...other], [...one]];
  if (b.length - a.length > 1 || one === other) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (/** @type {string[]} */ letters, /** @type {number} */ from) => letters.slice(from).join("");
  if (a.length < b.length) return rest(a, start) === rest(b, start + 1);
  if (rest(a, start + 1) === rest(b, start + 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, start + 2) === rest(b, start + 2);
}

// --------------------------------------------------------------------------------------------------------- showing

const WRITTEN = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'’ʼ\-‐‑\u00ad\u200b-\u200f]*[\p{L}\p{N}\p{M}])?/gu;
const ONLY_SIGNS = new RegExp(`^[${SIGNS}]+$`, "u");

/**
 * The places of words in a text as it is written.
 * @param {string} text @param {Set<string>} forms @returns {[start: number, end: number][]}
 */
export function placesOf(text, forms) {
  /** @type {[number, number][]} */
  const places = [];
  for (const found of text.matchAll(WRITTEN)) {
    const [written] = found;
    const met = wordsOf(written).filter((word) => forms.has(word.form));
    if (!met.length) continue;
    if (!ONLY_SIGNS.test(written)) places.push([found.index, found.index + written.length]);
    else
      for (const { form, position } of met) {
        const start = found.index + [...written].slice(0, position).join("").length;
        const last = places[places.length - 1];
        if (last && start <= last[1]) last[1] = Math.max(last[1], start + form.length);
        else places.push([start, start + form.length]);
      }
  }
  return places;
}

/** Mark words in an element. @param {Element} element @param {Set<string>} forms @returns {number} how many */
export function markWords(element, forms) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
  let count = 0;
  for (const node of nodes) {
    if (node.parentElement?.closest("mark, script, style")) continue;
    for (const [start, end] of placesOf(node.data, forms).reverse()) {
      const mark = document.createElement("mark");
      const rest = node.splitText(start);
      rest.splitText(end - start);
      rest.replaceWith(mark);
      mark.append(rest);
      count++;
    }
  }
  return count;
}
