import { render } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Answer } from './answer.js';
import { loadAnswer, loadIntervals, loadReport } from './data.js';
import { FlameGraph } from './flame.js';
import { ns, share } from './format.js';
import { html } from './html.js';
import { Locks } from './locks.js';
import { change, now, start, useLook } from './state.js';
import { Timeline } from './timeline.js';
import { Caches, Functions, Machine, Measured, Processes, Python, Source, Speed, Worth } from './views.js';

/* Key, name, view; when: has something to say; intervals: is drawn of them, too. */
const views = [
  { name: 'locks', title: 'Locks', view: Locks, intervals: (look) => look.lock || look.range },
  { name: 'timeline', title: 'Timeline', view: Timeline, intervals: () => true },
  { name: 'flame', title: 'Flame graphs', view: FlameGraph, intervals: () => true },
  { name: 'speed', title: 'Speed', view: Speed },
  { name: 'worth', title: 'Worth it?', view: Worth, when: (data) => data.report.advice.length && data.report.advice[0].worth !== 'parallel' },
  { name: 'functions', title: 'Functions', view: Functions },
  { name: 'python', title: 'Python', view: Python, when: (data) => data.report.python.length },
  { name: 'caches', title: 'Caches', view: Caches },
  { name: 'machine', title: 'Machine', view: Machine },
  { name: 'processes', title: 'Processes', view: Processes },
  { name: 'source', title: 'Source', view: Source },
  { name: 'measured', title: 'How this was measured', view: Measured },
];

const keys = [
  ['/', 'search in tables and flame graphs (regular expression)'], ['1 \u2026 9', 'the views in their order'], ['Esc', 'out: search, zoom, range, lock'],
  ['t', 'light or dark'], ['w s', 'timeline: zoom in, out'], ['a d', 'timeline: left, right'], ['0', 'timeline: all'],
  ['\u2191 \u2193', 'tables: choose a row'], ['?', 'this list'],
];

const themeKey = 'parprof-theme';
function theme(next) {
  document.documentElement.dataset.theme = next;
  window.dispatchEvent(new Event('themechange'));
}

/* What the reader chose, else the system's. Pages from files may not be let keep it. */
function firstTheme() {
  try {
    const kept = localStorage.getItem(themeKey);
    if (kept) return kept;
  } catch { /* refused */ }
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function turnTheme() {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  theme(next);
  try {
    localStorage.setItem(themeKey, next);
  } catch { /* refused */ }
}

const shown = (data) => views.filter((v) => !v.when || v.when(data));

function Header({ data, look, search, onHelp }) {
  const { run, overhead } = data.report;
  return html`<header><b>parprof</b> <code title=${run.command}>${run.command || ''}</code>
    <span class="faint">${[run.host, run.cores && `${run.cores} cores`, run.wall_ns && `${ns(run.wall_ns)} wall`,
      overhead.cost_share !== undefined && overhead.cost_share !== null && `overhead ${share(overhead.cost_share)}`,
      overhead.records_dropped > 0 && 'RECORDS DROPPED', !run.finished && 'CUT SHORT'].filter(Boolean).join(' \u00b7 ')}</span>
    <span class="right"><input ref=${search} type="search" placeholder="search ( / )" aria-label="search" value=${look.search} onInput=${(e) => change({ search: e.currentTarget.value })} />
      <button onClick=${turnTheme} title="light or dark (t)">theme</button><button onClick=${onHelp} title="keys (?)">?</button></span></header>`;
}

function Help({ onClose }) {
  return html`<div class="help" role="dialog" aria-label="keys" onClick=${onClose}><table><tbody>${keys.map(([key, words]) => html`<tr key=${key}><td><kbd>${key}</kbd></td><td>${words}</td></tr>`)}</tbody></table></div>`;
}

/* Esc goes out of the last thing gone into. */
function goOut(help, setHelp) {
  const look = now();
  if (help) setHelp(false);
  else if (document.activeElement && document.activeElement.type === 'search') {
    document.activeElement.blur();
    change({ search: '' });
  } else if (look.search) change({ search: '' });
  else if (look.range) change({ range: null });
  else if (look.lock) change({ lock: 0 });
  window.dispatchEvent(new Event('out'));
}

/* What a view needs may not be read yet. */
function View({ view, data, look, stage }) {
  if (data.problem) return html`<p class="empty">${data.problem}</p>`;
  if (stage < (view.intervals && view.intervals(look) ? STAGE.intervals : STAGE.report)) return html`<p class="empty">Being read\u2026</p>`;
  return html`<${view.view} data=${data} look=${look} />`;
}

function App({ data, stage }) {
  const look = useLook();
  /* Both parts of a page say the same: it need not be drawn again. */
  const answer = useMemo(() => html`<${Answer} data=${data} />`, []);
  const search = useRef(null);
  const [help, setHelp] = useState(false);
  const open = useRef(false);
  open.current = help; /* keys may come before what was drawn last is in effect */
  const list = shown(data);
  useEffect(() => {
    const key = (e) => {
      if (e.key === 'Escape') return goOut(open.current, setHelp);
      if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select')) return undefined;
      if (e.key === '/') {
        e.preventDefault();
        search.current.focus();
      } else if (e.key === '?') setHelp((was) => !was);
      else if (e.key === 't') turnTheme();
      else if (e.key >= '1' && e.key <= '9' && list[e.key - 1]) change({ view: list[e.key - 1].name });
      return undefined;
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
  const view = list.find((v) => v.name === look.view) || list[0];
  return html`<${Header} data=${data} look=${look} search=${search} onHelp=${() => setHelp(true)} />
    <main>${answer}
    <nav aria-label="views">${list.map((v, i) => html`<button key=${v.name} class=${v === view ? 'on' : ''} aria-current=${v === view ? 'page' : undefined}
      onClick=${() => change({ view: v.name })} title=${i < 9 ? `key ${i + 1}` : undefined}>${v.title}</button>`)}
      ${look.range && html`<span class="chip">only ${ns(look.range[0])} to ${ns(look.range[1])} <button aria-label="whole run" onClick=${() => change({ range: null })}>\u2715</button></span>`}</nav>
    <section id="view" class=${`view-${view.name}`}><${View} view=${view} data=${data} look=${look} stage=${stage} key=${view.name} /></section></main>
    ${help && html`<${Help} onClose=${() => setHelp(false)} />`}`;
}

const drawn = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });

/* What has been read: the first screen, all tables, all. */
const STAGE = { answer: 0, report: 1, intervals: 2 };

async function show(root) {
  const data = await loadAnswer();
  const draw = (stage) => { render(html`<${App} data=${data} stage=${stage} />`, root); return drawn(); };
  document.title = `parprof: ${data.report.run.command || ''}`;
  start();
  await draw(STAGE.answer);
  await drawn(); /* the charts are a frame behind */
  performance.mark('first-screen'); /* for who measures it */
  try {
    await loadReport(data);
    await draw(STAGE.report);
    await loadIntervals(data);
    await draw(STAGE.intervals);
  } catch (problem) {
    data.problem = wordsOf(problem);
    draw(STAGE.answer);
    throw problem;
  }
  window.parprof = data; /* for who wants to look into it */
  performance.mark('opened');
  document.documentElement.dataset.ready = 'yes';
}

const wordsOf = (problem) => (typeof DecompressionStream === 'undefined'
  ? 'This browser is too old for this page: Chrome 80, Firefox 113, Safari 16.4 or newer are needed.'
  : `This page cannot be shown: ${problem.message}. It may have been cut; make it again with 'parprof html'.`);

async function main() {
  const root = document.getElementById('root');
  root.textContent = ''; /* what was saved with the page is drawn anew */
  delete document.documentElement.dataset.ready;
  theme(firstTheme());
  try {
    await show(root);
  } catch (problem) {
    if (!root.firstChild) root.textContent = wordsOf(problem);
    throw problem;
  }
}

main();
