/* The views that are mostly tables. */
import { useState } from 'preact/hooks';
import { count, ns, share, size } from './format.js';
import { html } from './html.js';
import { Question } from './table.js';
import { Copy } from './answer.js';

const filled = (data, names) => names.filter((n) => { const t = data.report[n]; return Array.isArray(t) ? t.length : t && Object.keys(t).length; });

/* Those with rows, then one line for the others: nothing is left out silently. */
function Questions({ data, look, names, fill }) {
  const full = filled(data, names);
  const empty = names.filter((n) => !full.includes(n));
  return html`${full.map((n) => html`<${Question} key=${n} data=${data} name=${n} search=${look.search} />`)}
    ${empty.length > 0 && html`<section class="question"><h3>Without rows</h3><ul class="empties">${empty.map((n) => html`<li key=${n}><b>${data.facts.tables[n].title}</b>
      ${' '}${data.facts.tables[n].empty || 'there was nothing of this kind'}</li>`)}</ul></section>`}
    ${!full.length && fill && html`<p class="empty">${fill}</p>`}`;
}

export const Speed = ({ data, look }) => html`<h2>Speed and prediction <small>what bounds it, and what would be without</small></h2>
  ${data.scale && html`<section><p class="consequence">${data.scale.verdict.sentence} ${data.scale.verdict.consequence}</p><p class="explain">${data.scale.verdict.noise || ''} ${data.scale.verdict.limits || ''}</p></section>`}
  <${Questions} data=${data} look=${look} names=${['whatif', 'ceiling', 'stack', 'serial', 'imbalance', 'path_locks', 'roots', 'knots', 'profile', 'path']} />`;

export const Caches = ({ data, look }) => html`<h2>Caches <small>where memory hurts</small></h2>
  <${Questions} data=${data} look=${look} names=${['cache_functions', 'cache_lines', 'cache_processes', 'working_set', 'working_set_phases', 'sharing', 'counters', 'metrics',
    'counter_threads', 'counter_functions', 'counter_locks']}
    fill="Nothing was measured of caches. 'parprof record --cache=simulate' simulates them, '--working-set=auto' measures what is touched, '--counters=caches' counts where the processor lets us." />`;

export const Functions = ({ data, look }) => html`<h2>Functions and threads <small>who ran, and what else threads did</small></h2>
  <${Questions} data=${data} look=${look} names=${['functions', 'runtimes', 'teams', 'progress', 'phases', 'sites', 'threads', 'states', 'scheduling', 'deadlocks', 'inversions']} />`;

export const Python = ({ data, look }) => html`<h2>Python</h2>
  <${Questions} data=${data} look=${look} names=${['python', 'gil', 'python_time', 'workers', 'channels']} />`;

export function Worth({ data, look }) {
  const [advice] = data.report.advice;
  return html`<h2>Worth making it parallel?</h2>
    <p><b>${advice.sentence}</b></p>${advice.numbers && html`<p>${advice.numbers}</p>`}${advice.change && html`<p>${advice.change}</p>`}
    <${Questions} data=${data} look=${look} names=${['advice_estimates', 'advice_parts', 'advice_functions', 'advice_uses', 'advice_waiting', 'advice_children']} />
    <dl class="facts">${data.report.advice_parts.filter((p) => p.divided || p.independence === 'dependent')
      .map((p) => html`<dt key=${p.part}>${p.function || 'code without a name'}${p.where && !p.file ? ` ${p.where}` : ''}</dt><dd>${p.evidence}</dd>`)}</dl>`;
}

/* Caches around the cores that share them, as the kernel tells it. */
function Box({ part, children }) {
  const label = `${part.kind}${part.number !== null && ['cpu', 'core', 'package', 'node'].includes(part.kind) ? ` ${part.number}` : ''}`;
  return html`<div class=${`box kind-${part.kind}`} title=${`${label}, CPUs ${part.cpu_list}`}>
    <span>${label}${part.bytes ? ` ${size(part.bytes)}` : ''}</span>${children.length > 0 && html`<div class="inside">${children}</div>`}</div>`;
}

function drawn(tree, parent, depth = 0) {
  if (depth > 12) return [];
  return tree.filter((p) => p.parent === parent).map((p) => html`<${Box} key=${p.id} part=${p}>${drawn(tree, p.id, depth + 1)}<//>`);
}

/* Its key says what it is measured in. */
const fact = (key, value) => (typeof value !== 'number' ? String(value) : /bytes$/.test(key) ? size(value)
  : /_ns$/.test(key) && !/unix|per/.test(key) ? ns(value) : String(value));

export function Machine({ data, look }) {
  const tree = data.report.machine_tree || [];
  const { machine } = data.report;
  return html`<h2>Machine <small>${machine.cpu_model || ''}</small></h2>
    ${tree.length ? html`<div class="machine" role="img" aria-label="cores and caches">${drawn(tree, null)}</div>` : html`<p class="empty">The machine is not in this recording.</p>`}
    <dl class="facts">${Object.entries(machine).filter(([, v]) => v !== null && v !== '').map(([k, v]) => html`<dt key=${k}>${k.replace(/_/g, ' ')}</dt><dd>${fact(k, v)}</dd>`)}</dl>
    <${Questions} data=${data} look=${look} names=${['machine_caches', 'machine_costs', 'machine_computing', 'machine_bandwidth']} />`;
}

/* A bar for each process on the time of the run, below its parent. */
export function Processes({ data, look }) {
  const list = data.report.processes.slice(0, 2000);
  return html`<h2>Processes <small>on the time of the run</small></h2>
    <div class="processes">${list.slice(0, 200).map((p) => html`<div key=${p.process} class="process"><span style=${`padding-left:${(p.level || 0) * 14}px`} title=${p.command}>${p.pid} ${String(p.command || '').replace(/^\S*\//, '')}</span>
      <i class="track"><b style=${`left:${100 * p.begin_ns / data.wall}%;width:${Math.max(0.3, 100 * p.life_ns / data.wall)}%`} title=${`${ns(p.life_ns)}, ${ns(p.cpu_ns || 0)} CPU`}></b></i></div>`)}${list.length > 200 && html`<p class="explain">${list.length - 200} more in the table.</p>`}</div>
    <${Questions} data=${data} look=${look} names=${['processes', 'channels', 'workers']} />`;
}

export function Source({ data, look }) {
  const { source } = data.facts;
  const [chosen, choose] = useState(0);
  if (!source.length) return html`<h2>Source</h2><p class="empty">No source could be read when this page was made: build with -g, and make the page where the source is.</p>`;
  const file = source[Math.min(chosen, source.length - 1)];
  const most = Math.max(1, ...file.lines.map((l) => l[2]));
  let last = 0;
  return html`<h2>Source <small>lines that cost something; only these and a few around them are in this page</small></h2>
    <p class="tools"><label>file <select onChange=${(e) => choose(Number(e.currentTarget.value))}>${source.map((f, i) => html`<option key=${f.file} value=${i} selected=${i === chosen}>${f.file}</option>`)}</select></label>
      <${Copy} text=${file.file}>copy its name<//></p>
    ${file.newer && html`<p class="warning">This file was changed after the recording: lines may have moved.</p>`}
    <div class="scrolls"><table class="source"><thead><tr><th>samples</th><th>waited</th><th>held meanwhile</th><th>line</th><th class="left">code</th></tr></thead><tbody>
    ${file.lines.map(([number, text, samples, waited, held]) => {
    const gap = last && number > last + 1;
    last = number;
    return html`${gap ? html`<tr class="skip" key=${`gap${number}`}><td colspan="5">\u22ee</td></tr>` : ''}
      <tr key=${number} class=${samples || waited || held ? 'costs' : ''}><td>${samples ? html`<i class="bar" style=${`width:${(40 * samples / most).toFixed(1)}px`}></i>${count(samples)}` : ''}</td>
      <td>${waited ? ns(waited) : ''}</td><td>${held ? ns(held) : ''}</td><td class="faint">${number}</td><td class="left"><code>${text}</code></td></tr>`;
  })}</tbody></table></div>`;
}

export function Measured({ data, look }) {
  const { run, overhead, unseen, oddities } = data.report;
  const { timeline, version, path } = data.facts;
  const facts = Object.entries(run).filter(([, v]) => v !== null && v !== '' && typeof v !== 'object');
  return html`<h2>How this was measured</h2>
    <p>Recorded by parprof ${version} as <code>${path}</code>: <${Copy} text=${`parprof record -- ${run.command || ''}`}><code>${run.command || ''}</code><//></p>
    ${overhead && Object.keys(overhead).length > 0 && html`<p>${overhead.cost_ns == null ? "What recording cost the program could not be measured" : `Recording cost the program about ${ns(overhead.cost_ns)}`}${overhead.cost_share ? `, ${share(overhead.cost_share)} of its CPU time` : ''};
      the recorder used ${ns(overhead.recorder_cpu_ns || 0)} CPU. ${overhead.records_dropped ? `${count(overhead.records_dropped)} records were dropped.` : 'No record was dropped.'}</p>`}
    <p>${count(timeline.intervals)} intervals${timeline.merged_below_ns ? `, of which ${count(timeline.shown)} are in this page: shorter ones than ${ns(timeline.merged_below_ns)} are merged, the database has them all` : ', all in this page'}.</p>
    <${Questions} data=${data} look=${look} names=${['unseen', 'oddities', 'overhead']} />
    ${!unseen.length && !oddities.length && html`<p>Nothing is known that was not seen.</p>`}
    <h3>Facts of the run</h3><dl class="facts">${facts.map(([k, v]) => html`<dt key=${k}>${k.replace(/_/g, ' ')}</dt><dd>${fact(k, v)}</dd>`)}</dl>`;
}
