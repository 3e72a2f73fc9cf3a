/* The locks: a table, and of the chosen one a card. */
import { useMemo } from 'preact/hooks';
import { brief, count, ns, share, times } from './format.js';
import { Copy } from './answer.js';
import { html } from './html.js';
import { change } from './state.js';
import { Table, columnsOf, fitting } from './table.js';
import { weightsIn } from './data.js';

/* Of the range alone: what intervals say. The other columns are of the whole run. */
function inRange(data, rows, range) {
  if (!range) return rows;
  const sums = new Map();
  for (const w of weightsIn(data, 'wait', range)) {
    const sum = sums.get(w.leader) || [0, 0];
    sums.set(w.leader, [sum[0] + w.weight, sum[1] + w.count]);
  }
  const all = data.threads.reduce((life, t) => life + Math.max(0, Math.min(t.end, range[1]) - Math.max(t.begin, range[0])), 0);
  return rows.map((row) => {
    const [wait_ns, waits] = sums.get(row.leader) || [0, 0];
    return { ...row, wait_ns, contended: waits, share: all ? wait_ns / all : 0 };
  }).sort((a, b) => b.wait_ns - a.wait_ns);
}

function Histogram({ title, buckets }) {
  if (!buckets || !buckets.length) return html`<div class="histogram"><h4>${title}</h4><p class="empty">none was timed</p></div>`;
  const low = Math.floor(Math.log2(buckets[0][0] || 1)), high = Math.floor(Math.log2(buckets[buckets.length - 1][0] || 1));
  const bins = Array.from({ length: high - low + 1 }, () => 0);
  for (const [from, n] of buckets) bins[Math.floor(Math.log2(from || 1)) - low] += n;
  const most = Math.max(...bins);
  const label = (i) => `${ns(2 ** (low + i))} to ${ns(2 ** (low + i + 1))}: ${count(bins[i])}`;
  return html`<div class="histogram"><h4>${title}</h4><div class="bins" role="img" aria-label=${bins.map((n, i) => label(i)).join(', ')}>
    ${bins.map((n, i) => html`<i key=${i} title=${label(i)} style=${`height:${n ? Math.max(2, 60 * n / most) : 0}px`}></i>`)}</div>
    <p class="ends"><span>${ns(2 ** low)}</span><span>${ns(2 ** (high + 1))}</span></p></div>`;
}

const frameText = (f) => `${f.function || (f.module ? `[${f.module.replace(/^.*\//, '')}]` : '[unknown]')}${f.file && f.line ? `  ${f.file.replace(/^.*\//, '')}:${f.line}` : ''}`;

function Stack({ stack }) {
  const shown = stack.filter((f) => !f.runtime);
  const list = shown.length ? shown : stack;
  return html`<ol class="frames">${list.slice(0, 12).map((f, i) => html`<li key=${i} title=${f.file ? `${f.function} ${f.file}:${f.line}` : f.function}>
    <${Copy} text=${f.file ? `${f.file}:${f.line}` : f.function || ''}>${brief(frameText(f))}<//></li>`)}
    ${list.length > 12 && html`<li>and ${list.length - 12} more</li>`}</ol>`;
}

function Waiters({ lock }) {
  if (!lock.waiters || !lock.waiters.length) return html`<p class="empty">Nobody waited for it, or it is beyond the locks looked into.</p>`;
  return lock.waiters.slice(0, 5).map((w, i) => html`<div class="place" key=${i}><b>${ns(w.wait_ns)}</b> in ${count(w.waits)} waits of${' '}
    ${w.threads} ${w.threads === 1 ? 'thread' : 'threads'}, in ${w.call}<${Stack} stack=${w.stack} /></div>`);
}

const causes = { 'hand-over': 'free, but the waiter was not yet running', unknown: 'not known', others: 'in many more places' };

function Holders({ lock }) {
  if (!lock.holders || !lock.holders.length) return html`<p class="empty">Who held it is not known.</p>`;
  return lock.holders.slice(0, 6).map((h, i) => html`<div class="place" key=${i}><b>${share(h.share)}</b> ${ns(h.blame_ns)}
    ${' '}${h.thread || causes[h.cause] || h.cause}<${Stack} stack=${h.stack} /></div>`);
}

/* Who waits for whom: threads as dots on a circle, an arrow from the one that waited to the one that ended the wait, as wide as the time. */
function pairsOf(data, leader, range) {
  const { intervals: t } = data;
  const pairs = new Map();
  for (let i = 0; i < t.rows; i++) {
    if (t.leader[i] !== leader || !t.waker[i]) continue;
    if (range && (t.end[i] <= range[0] || t.begin[i] >= range[1])) continue;
    const key = `${t.thread[i]} ${t.waker[i] - 1}`;
    pairs.set(key, (pairs.get(key) || 0) + t.end[i] - t.begin[i]);
  }
  return [...pairs].map(([key, time]) => { const [from, to] = key.split(' ').map(Number); return { from, to, time }; })
    .sort((a, b) => b.time - a.time);
}

const GRAPH_THREADS = 14;

function WaitGraph({ data, leader, range }) {
  const pairs = useMemo(() => pairsOf(data, leader, range), [leader, range]);
  if (!pairs.length) return html`<p class="empty">Who ended these waits was not seen.</p>`;
  const total = new Map();
  for (const p of pairs) for (const t of [p.from, p.to]) total.set(t, (total.get(t) || 0) + p.time);
  const threads = [...total].sort((a, b) => b[1] - a[1]).slice(0, GRAPH_THREADS).map(([t]) => t).sort((a, b) => a - b);
  const shown = pairs.filter((p) => threads.includes(p.from) && threads.includes(p.to)).slice(0, 60);
  const most = shown.length ? shown[0].time : 1;
  const at = (t) => {
    const angle = 2 * Math.PI * threads.indexOf(t) / threads.length - Math.PI / 2;
    return [210 + 105 * Math.cos(angle), 135 + 100 * Math.sin(angle), angle];
  };
  const name = (t) => (data.threads[t] ? data.threads[t].name || `thread ${t}` : '?');
  return html`<svg class="graph" viewBox="0 0 420 270" role="img" aria-label=${shown.slice(0, 8).map((p) => `${name(p.from)} waited ${ns(p.time)} for ${name(p.to)}`).join(', ')}>
    <defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="5" markerHeight="5" orient="auto-start-reverse"><path d="M0 0L6 3L0 6z" fill="context-stroke" /></marker></defs>
    ${shown.map((p) => {
    const [x1, y1] = at(p.from), [x2, y2] = at(p.to);
    const [cx, cy] = [(x1 + x2) / 2 + (y2 - y1) * 0.15, (y1 + y2) / 2 - (x2 - x1) * 0.15];
    return html`<path key=${`${p.from} ${p.to}`} d=${`M${x1} ${y1}Q${cx} ${cy} ${x2} ${y2}`} class="edge" marker-end="url(#tip)"
      style=${`stroke-width:${(0.6 + 5 * p.time / most).toFixed(2)}`}><title>${name(p.from)} waited ${ns(p.time)} for ${name(p.to)}</title></path>`;
  })}
    ${threads.map((t) => {
    const [x, y, angle] = at(t);
    const right = Math.cos(angle) >= -0.01;
    return html`<g key=${t}><circle cx=${x} cy=${y} r="5" class="dot" /><text x=${x + (right ? 9 : -9)} y=${y + 4} text-anchor=${right ? 'start' : 'end'}>${name(t).slice(0, 18)}</text></g>`;
  })}</svg>
  <p class="explain">An arrow leads from who waited to who ended the wait; the wider, the longer.${total.size > threads.length ? ` ${threads.length} of ${total.size} threads are drawn.` : ''}</p>`;
}

function WhatIf({ data, lock }) {
  const rows = data.report.whatif.filter((w) => w.leader === lock.leader);
  if (!rows.length) return html`<p class="empty">Not replayed: it costs too little. 'parprof predict --without LOCK' does it.</p>`;
  return html`<ul class="whatif">${rows.map((w) => html`<li key=${w.edit}><b>${times(w.gain)}</b> (${times(w.gain_low)}\u2013${times(w.gain_high)})
    with <${Copy} text=${`parprof predict ${w.edit}`}>${w.edit}<//></li>`)}</ul>`;
}

function Card({ data, lock, range }) {
  const cards = data.report.cards.filter((c) => c.leader === lock.leader);
  const histograms = data.facts.histograms[lock.leader] || {};
  return html`<article class="card" id="card" aria-label=${`lock ${lock.name}`}>
    <h3>${brief(lock.name || `${lock.kind} ${lock.leader}`)} <small>${lock.kind}${lock.instances > 1 ? `, ${lock.instances} of them` : ''}
      ${lock.where && html` <${Copy} text=${lock.where}>${lock.where.replace(/^.*\//, '')}<//>`}</small></h3>
    <p>Waited for ${ns(lock.wait_ns)}, ${share(lock.share)} of all threads' time${lock.contended_share !== undefined && lock.acquisitions
      ? `: ${share(lock.contended_share)} of ${count(lock.acquisitions)} acquisitions waited` : ''}.</p>
    ${cards.map((c) => html`<p key=${c.trait}><b>${c.trait}</b>: ${c.evidence}. ${c.cure}</p>`)}
    <p><a href="#" onClick=${(e) => { e.preventDefault(); change({ view: 'timeline', lock: lock.leader }); }}>mark it in the timeline</a> \u00b7
      <a href="#" onClick=${(e) => { e.preventDefault(); change({ view: 'flame', flame: 'wait', lock: lock.leader }); }}>its flame graph</a> \u00b7
      <a href="#" onClick=${(e) => { e.preventDefault(); change({ lock: 0 }); }}>close</a></p>
    <div class="two">
      <div><h4>Who waited</h4><${Waiters} lock=${lock} /></div>
      <div><h4>Who held it meanwhile</h4><${Holders} lock=${lock} /></div>
    </div>
    <div class="two"><${Histogram} title="Waits" buckets=${histograms.wait} /><${Histogram} title="Holds" buckets=${histograms.hold} /></div>
    <div class="two"><div><h4>Who waits for whom</h4><${WaitGraph} data=${data} leader=${lock.leader} range=${range} /></div>
      <div><h4>What if</h4><${WhatIf} data=${data} lock=${lock} /></div></div>
  </article>`;
}

export function Locks({ data, look }) {
  const { report, facts } = data;
  const rows = useMemo(() => inRange(data, report.locks, look.range), [look.range]);
  const columns = useMemo(() => columnsOf(facts.tables.locks, report.locks, fitting()).map((c) => ({ ...c, bar: c.key === 'share' })), []);
  const others = useMemo(() => inRange(data, report.waits, look.range), [look.range]);
  const otherColumns = useMemo(() => columnsOf(facts.tables.waits, report.waits, fitting()), []);
  const lock = look.lock ? data.lock.get(look.lock) : null;
  const choose = (row) => change({ lock: row.leader === look.lock ? 0 : row.leader });
  return html`<div>
    <h2>Locks <small>${facts.tables.locks.question}${look.range ? ' Waits in the range; the other columns are of the whole run.' : ''}</small></h2>
    ${report.locks.length ? html`<${Table} columns=${columns} rows=${rows} search=${look.search} label="Locks" id="leader" selected=${look.lock}
      onChoose=${choose} />` : html`<p class="empty">${facts.tables.locks.empty || 'No lock was used that can be seen.'}</p>`}
    ${lock && html`<${Card} data=${data} lock=${lock} range=${look.range} />`}
    <h2>Other waits <small>${facts.tables.waits.question}</small></h2>
    ${report.waits.length ? html`<${Table} columns=${otherColumns} rows=${others} search=${look.search} label="Other waits" id="leader" selected=${look.lock}
      onChoose=${choose} />` : html`<p class="empty">Threads waited for nothing else.</p>`}
    <p class="explain">${facts.tables.locks.explain} ${facts.tables.waits.explain}</p></div>`;
}
