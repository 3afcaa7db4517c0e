// The log as a table of which only what is on the screen exists. It scrolls over more rows than a
// page can be high: where there are too many, long ways of the scroll bar go farther, and short
// ones a row a row's height.

import { element } from "./text.js";

/** The highest that browsers make an element is about 17 million; this is well below. */
const HEIGHT_MOST = 8_000_000;

const CELLS_MOST = 100;
const LETTERS_MOST = 300;

/** The width of a column in letters, by those of its first rows. */
const WIDTH_LETTERS = { least: 7, most: 38, besides: 3 };

export class LogTable {
  #root;
  #parts;
  #fetch;
  #onToggle;
  #onFailure;
  #columns = [];
  /** The number of all rows, though fewer are shown. */
  #expected = 0;
  #chosen = new Set();
  #rows = 0;
  #first = 0;
  #scrolled = 0;
  #isWanted = false;
  #isFetching = false;
  #version = 0;

  /**
   * `fetch(first, count, cellsMost, lettersMost)` has rows; `onToggle(column)` is told of boxes,
   * and `onFailure(error)` of rows that cannot be had.
   */
  constructor(root, { fetch, onToggle, onFailure }) {
    const find = (name) => root.querySelector(name);
    this.#root = root;
    this.#parts = {
      spacer: find(".spacer"), window: find(".window"), widths: find("colgroup"),
      table: find("table"), head: find("thead"), body: find("tbody"),
    };
    this.#fetch = fetch;
    this.#onToggle = onToggle;
    this.#onFailure = onFailure;
    root.addEventListener("scroll", () => this.#scroll());
    new ResizeObserver(() => this.#want()).observe(root);
  }

  /** Asks for no more rows of a log that another takes the place of. */
  clear() {
    this.#version += 1;
    this.#rows = 0;
  }

  /** Shows another log, or the same in other columns, from its first line. */
  show(columns, sample) {
    this.clear();
    this.#columns = columns.slice(0, CELLS_MOST);
    this.#expected = columns.length;
    this.#first = 0;
    this.#scrolled = 0;
    this.#root.scrollTo(0, 0);
    this.#parts.body.replaceChildren();
    const boxes = this.#columns.map((name, index) => {
      const box = element("input", { type: "checkbox", value: index });
      box.addEventListener("change", () => this.#onToggle(index, box.checked));
      return element("th", { scope: "col" }, element("label", {}, box, name));
    });
    const left = columns.length - this.#columns.length;
    if (left > 0) boxes.push(element("th", { scope: "col" }, `${left} more columns`));
    const number = element("th", { scope: "col" }, "line");
    this.#parts.head.replaceChildren(element("tr", {}, number, ...boxes));
    this.#setWidths(sample);
  }

  /** Tells how many rows there are by now. */
  setRows(count) {
    this.#rows = count;
    this.#parts.table.setAttribute("aria-rowcount", count + 1);
    this.#layOut();
    this.#want();
  }

  /** Marks the columns that are taken out. */
  choose(indices) {
    this.#chosen = new Set(indices);
    for (const box of this.#parts.head.querySelectorAll("input")) {
      box.checked = this.#chosen.has(Number(box.value));
    }
    this.#want();
  }

  /** Shows a line, by its number from 1. */
  goTo(line) {
    const visible = this.#visibleRows();
    this.#first = Math.max(0, Math.min(line - 1 - Math.floor(visible / 3), this.#rows - visible));
    const scrollable = this.#scrollable();
    const share = this.#first / Math.max(1, this.#rows - visible);
    this.#scrolled = this.#isExact()
      ? this.#first * this.#rowHeight()
      : Math.round(share * scrollable);
    this.#root.scrollTop = this.#scrolled;
    this.#want();
  }

  #setWidths(sample) {
    const { least, most, besides } = WIDTH_LETTERS;
    const widths = this.#columns.map((name, column) => {
      const lengths = sample.map(({ cells }) => cells?.[column]?.length ?? 0);
      const longest = Math.max(name.length + 3, ...lengths);
      return Math.min(most, Math.max(least, longest)) + besides;
    });
    const hasMore = this.#parts.head.rows[0].cells.length > widths.length + 1;
    const all = [9, ...widths, ...(hasMore ? [18] : [])];
    this.#parts.widths.replaceChildren(...all.map((letters) => {
      const column = element("col");
      column.style.width = `${letters}ch`;
      return column;
    }));
    const sum = all.reduce((total, letters) => total + letters, 0);
    this.#parts.table.style.width = `${sum}ch`;
  }

  #rowHeight() {
    return parseFloat(getComputedStyle(this.#parts.head.rows[0].cells[0]).height);
  }

  #visibleRows() {
    return Math.max(1, Math.floor(this.#root.clientHeight / this.#rowHeight()) - 1);
  }

  #fullHeight() {
    return (this.#rows + 1) * this.#rowHeight();
  }

  #isExact() {
    return this.#fullHeight() <= HEIGHT_MOST;
  }

  #scrollable() {
    return this.#root.scrollHeight - this.#root.clientHeight;
  }

  #layOut() {
    this.#parts.window.style.height = `${this.#root.clientHeight}px`;
    this.#parts.spacer.style.height = `${Math.min(this.#fullHeight(), HEIGHT_MOST)}px`;
    this.#parts.spacer.style.width = this.#parts.table.style.width;
    this.#parts.spacer.style.font = getComputedStyle(this.#parts.table).font;
  }

  #scroll() {
    const top = this.#root.scrollTop;
    const way = top - this.#scrolled;
    if (way === 0) {
      return;
    }
    this.#scrolled = top;
    const last = Math.max(0, this.#rows - this.#visibleRows());
    if (this.#isExact()) this.#first = top / this.#rowHeight();
    else if (top <= 0) this.#first = 0;
    else if (top >= this.#scrollable() - 1) this.#first = last;
    else if (Math.abs(way) < this.#root.clientHeight) this.#first += way / this.#rowHeight();
    else this.#first = (top / this.#scrollable()) * last;
    this.#first = Math.min(last, Math.max(0, this.#first));
    this.#want();
  }

  /** Draws soon: once for all that changes within a frame, and again after what is on its way. */
  #want() {
    if (this.#isWanted || this.#columns.length === 0) return;
    this.#isWanted = true;
    requestAnimationFrame(() => {
      if (this.#isFetching) return;
      this.#isWanted = false;
      this.#draw();
    });
  }

  async #draw() {
    const version = this.#version;
    const first = Math.floor(this.#first);
    const count = Math.min(this.#visibleRows() + 2, this.#rows - first);
    this.#isFetching = true;
    try {
      const rows = count > 0 ? await this.#fetch(first, count, CELLS_MOST, LETTERS_MOST) : [];
      if (version === this.#version) this.#fill(rows, first);
    } catch (error) {
      // Another log has taken the place of the one that was asked for.
      if (version === this.#version) this.#onFailure(error);
    } finally {
      this.#isFetching = false;
      if (this.#isWanted) {
        this.#isWanted = false;
        this.#want();
      }
    }
  }

  #fill(rows, first) {
    this.#layOut();
    this.#parts.body.replaceChildren(...rows.map((row, index) => this.#row(row, first + index)));
    const within = this.#isExact() ? this.#first - first : 0;
    this.#parts.body.style.transform = `translateY(${-within * this.#rowHeight()}px)`;
  }

  #row({ line, offset, found, reason, isRagged, raw, cells }, index) {
    const mark = isRagged ? `⚠ ${line}` : `${line}`;
    const head = element("th", { scope: "row" }, mark);
    const columns = this.#columns.length;
    const made = raw === undefined ? this.#cells(cells) : [this.#wholeLine(raw)];
    if (isRagged) {
      const fields = found === 1 ? "1 field" : `${found} fields`;
      const why = reason ?? `has ${fields}, ${this.#expected} are expected`;
      const what = `line ${line} at byte ${offset} ${why}`;
      head.title = what;
      head.setAttribute("aria-label", what);
      if (cells?.length > columns) {
        const beyond = ` ⋯ ${cells.slice(columns).join(" ⋯ ")}`;
        made.at(-1).append(element("span", { class: "beyond" }, beyond));
        made.at(-1).title = cells.slice(columns - 1).join("\n");
      }
    }
    const attributes = { "aria-rowindex": index + 2, ...(isRagged ? { class: "ragged" } : {}) };
    return element("tr", attributes, head, ...made);
  }
  #cells(texts) {
    return this.#columns.map((_, column) => {
      const text = texts[column] ?? "";
      const cell = element("td", this.#chosen.has(column) ? {} : { class: "off" }, text);
      if (text.length > WIDTH_LETTERS.most) cell.title = text;
      return cell;
    });
  }

  /** A line that has no columns, as it stands. */
  #wholeLine(text) {
    return element("td", { colspan: this.#columns.length, class: "raw", title: text }, text);
  }
}
