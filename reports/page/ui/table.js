/* A table of any length: only the rows in sight are in the document. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { cell, isLeft } from './format.js';
import { html } from './html.js';

const ROW = 25, SHOWN = 20, BEYOND = 8;

const words = new Intl.Collator();

/* By a column, rows without a value last. Numbers apart: rows of numbers alone are put into order in half the time. */
function sorted(rows, key, down) {
  const filled = [], none = [];
  for (const row of rows) (row[key] === null || row[key] === undefined ? none : filled).push(row);
  const sign = down ? -1 : 1, order = Uint32Array.from(filled, (_, i) => i);
  if (filled.every((row) => typeof row[key] === 'number')) {
    const numbers = Float64Array.from(filled, (row) => row[key]);
    order.sort((a, b) => sign * (numbers[a] - numbers[b]) || a - b);
  } else {
    const texts = filled.map((row) => String(row[key]));
    order.sort((a, b) => sign * words.compare(texts[a], texts[b]) || a - b);
  }
  return [...Array.from(order, (i) => filled[i]), ...none];
}

/* A regular expression; what is none is looked for as it stands. */
export function pattern(search) {
  if (!search) return null;
  try {
    return new RegExp(search, 'i');
  } catch {
    return new RegExp(search.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  }
}

function chosen(rows, columns, search, sort) {
  const wanted = pattern(search);
  const texts = columns.filter((c) => isLeft(c.unit));
  const found = wanted ? rows.filter((row) => texts.some((c) => row[c.key] && wanted.test(String(row[c.key])))) : rows;
  return sort.key ? sorted(found, sort.key, sort.down) : found;
}

function Head({ columns, sort, setSort }) {
  const turn = (c) => setSort({ key: c.key, down: sort.key === c.key ? !sort.down : !isLeft(c.unit) });
  return html`<thead><tr>${columns.map((c) => html`
    <th class=${isLeft(c.unit) ? '' : 'number'} key=${c.key} scope="col"
      aria-sort=${sort.key === c.key ? (sort.down ? 'descending' : 'ascending') : 'none'}>
      <button onClick=${() => turn(c)} title=${`sort by ${c.key}`}>${c.header.toLowerCase()}${
        sort.key === c.key ? (sort.down ? ' \u25be' : ' \u25b4') : ''}</button></th>`)}</tr></thead>`;
}

function Row({ row, columns, selected, onChoose, index, most }) {
  return html`<tr class=${selected ? 'selected' : ''} aria-selected=${selected} onClick=${() => onChoose && onChoose(row)}
    aria-rowindex=${index + 2}>${columns.map((c) => {
    const value = row[c.key];
    const text = cell(value, c.unit, row);
    const bar = c.unit === 'share' && c.bar && most > 0 && value > 0
      ? html`<i class="bar" style=${`width:${(50 * Math.min(1, value / most)).toFixed(1)}px`}></i>` : '';
    return html`<td class=${isLeft(c.unit) ? 'left' : 'number'} key=${c.key}
      title=${typeof value === 'string' && value !== text ? value : undefined}>${bar}${text}</td>`;
  })}</tr>`;
}

/* columns: {key, unit, header, bar}; rows are objects. id: of a row, for the selected one. */
export function Table({ columns, rows, search = '', id, selected, onChoose, label, sortedBy }) {
  const [sort, setSort] = useState({ key: sortedBy || '', down: true });
  const [top, setTop] = useState(0);
  const box = useRef(null);
  const list = useMemo(() => chosen(rows, columns, search, sort), [rows, columns, search, sort]);
  const bar = columns.find((c) => c.bar);
  const most = useMemo(() => (bar ? Math.max(0, ...rows.slice(0, 1000).map((r) => r[bar.key] || 0)) : 0), [rows, bar]);
  const first = Math.max(0, Math.min(Math.floor(top / ROW) - BEYOND, list.length - SHOWN));
  const last = Math.min(list.length, first + SHOWN + 2 * BEYOND);

  useEffect(() => {
    const at = id && selected !== undefined ? list.findIndex((r) => r[id] === selected) : -1;
    if (at < 0 || !box.current) return;
    const y = at * ROW;
    if (y < box.current.scrollTop || y > box.current.scrollTop + (SHOWN - 2) * ROW) box.current.scrollTop = Math.max(0, y - 5 * ROW);
  }, [selected, list]);

  const onKey = (e) => {
    if (!onChoose || !['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(e.key) || !list.length) return;
    const at = list.findIndex((r) => r[id] === selected);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[e.key];
    onChoose(list[Math.max(0, Math.min(list.length - 1, to))]);
    e.preventDefault();
  };
  return html`<div>
    <p class="count" aria-live="polite">${list.length === rows.length ? '' : `${list.length} of `}${rows.length} ${rows.length === 1 ? 'row' : 'rows'}</p>
    <div class="table" ref=${box} tabindex="0" onKeyDown=${onKey} onScroll=${(e) => setTop(e.currentTarget.scrollTop)}
      style=${`max-height:${(SHOWN + 1) * ROW}px`}>
      <table aria-label=${label} aria-rowcount=${list.length + 1}>
        <${Head} columns=${columns} sort=${sort} setSort=${setSort} />
        <tbody>
          ${first > 0 && html`<tr class="gap" style=${`height:${first * ROW}px`}></tr>`}
          ${list.slice(first, last).map((row, i) => html`<${Row} key=${id ? row[id] : first + i} row=${row} columns=${columns}
            index=${first + i} most=${most} selected=${id !== undefined && selected !== undefined && row[id] === selected} onChoose=${onChoose} />`)}
          ${last < list.length && html`<tr class="gap" style=${`height:${(list.length - last) * ROW}px`}></tr>`}
        </tbody>
      </table>
    </div></div>`;
}

/* So many columns can be read beside each other in this window. */
export const fitting = () => Math.max(7, Math.floor(window.innerWidth / 92));

/* Columns of a question that say something in these rows, the least important left out first. */
export function columnsOf(meta, rows, most = 99) {
  const all = meta.columns.map(([key, unit, importance, header]) => ({ key, unit, importance, header }));
  const filled = all.filter((c) => c.importance > 0 && rows.some((r) => cell(r[c.key], c.unit, r) !== ''));
  const kept = new Set([...filled].sort((a, b) => a.importance - b.importance).slice(0, most));
  return filled.filter((c) => kept.has(c));
}

/* The table of a question with its title, how to read it, or why it is empty. */
export function Question({ data, name, search, most, id, selected, onChoose, rows }) {
  const meta = data.facts.tables[name];
  const given = rows || data.report[name];
  const list = Array.isArray(given) ? given : Object.keys(given || {}).length ? [given] : [];
  const columns = useMemo(() => columnsOf(meta, list, most || fitting()), [list]);
  if (!list.length) return html`<section class="question"><h3>${meta.title}</h3>
    <p class="empty">${meta.empty || 'There was nothing of this kind.'}</p></section>`;
  return html`<section class="question" id=${`table-${name}`}><h3>${meta.title} <small>${meta.question}</small></h3>
    <${Table} columns=${columns} rows=${list} search=${search} label=${meta.title} id=${id} selected=${selected} onChoose=${onChoose} />
    <p class="explain">${data.facts.cut[name] ? `The first ${list.length} of ${data.facts.cut[name]} rows; all: parprof report --table=${name}. ` : ''}${meta.explain}</p></section>`;
}
