/* The first screen: the sentence, one bar, at most three findings, speedup and parallelism. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { ns, share, times } from './format.js';
import { html } from './html.js';
import { change } from './state.js';

/* uPlot draws on a canvas: colours come from the style sheet. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || '#888';

function Bar({ data }) {
  const { stack } = data.report;
  const parts = new Map();
  for (const row of stack) {
    const part = parts.get(row.kind) || { kind: row.kind, share: 0, lanes: 0, names: [] };
    part.share += row.share;
    part.lanes += row.lanes;
    if (row.name) part.names.push(`${row.name} ${share(row.share)}`);
    parts.set(row.kind, part);
  }
  const list = [...parts.values()].filter((p) => p.share >= 0.0005);
  if (!list.length) return html`<p class="empty">What the cores did is not known: nothing was seen of the program's threads.</p>`;
  const words = (p) => data.losses[p.kind] || p.kind;
  const hint = (p) => `${words(p)}: ${share(p.share)}, ${p.lanes.toFixed(2)} of the cores${p.names.length ? `\n${p.names.slice(0, 12).join('\n')}` : ''}`;
  return html`<figure class="stack"><div class="stackbar" role="img" aria-label=${list.map((p) => `${words(p)} ${share(p.share)}`).join(', ')}>
      ${list.map((p) => html`<span key=${p.kind} class=${`part loss-${p.kind}`} style=${`flex-grow:${p.share}`} title=${hint(p)}>${
        p.share > 0.045 ? share(p.share) : ''}</span>`)}</div>
    <figcaption class="legend">${list.map((p) => html`<span key=${p.kind} title=${hint(p)}><i class=${`swatch loss-${p.kind}`}></i>${
      words(p)} <b>${share(p.share)}</b></span>`)}</figcaption></figure>`;
}

/* Where a finding leads. */
function follow(f) {
  if (f.leader) change({ view: 'locks', lock: f.leader });
  else change({ view: f.kind === 'serial' || f.kind === 'imbalance' ? 'speed' : 'timeline' });
}

export const Copy = ({ text, children }) => html`<button class="copy" title=${`copy ${text}`}
  onClick=${(e) => { e.stopPropagation(); navigator.clipboard && navigator.clipboard.writeText(text); }}>${children || text}</button>`;

function Findings({ data }) {
  const { findings } = data.report;
  if (!findings.length) return html`<p class="empty">No finding: nothing that could be mended would gain 5 %.</p>`;
  return html`<ol class="findings">${findings.map((f) => html`<li key=${f.rank}>
    <b class="gain" title=${`${times(f.gain_low)} to ${times(f.gain_high)} as fast`}>${times(f.gain)}</b>
    <span><a href="#" onClick=${(e) => { e.preventDefault(); follow(f); }}>${f.words}</a>
    ${f.where && html` <${Copy} text=${f.where}>${f.where.replace(/^.*\//, '')}<//>`}
    <small> ${times(f.gain_low)}\u2013${times(f.gain_high)}, ${f.confidence} confidence</small></span></li>`)}</ol>`;
}

/* Redrawn when the width or the colours change. */
function Plot({ options, values, label }) {
  const box = useRef(null);
  useEffect(() => {
    const draw = () => {
      box.current.textContent = '';
      const width = Math.max(280, box.current.clientWidth);
      return new uPlot({ width, height: 230, legend: { show: false }, ...options(width) }, values, box.current);
    };
    let plot = draw();
    const again = () => { plot.destroy(); plot = draw(); };
    const seen = new ResizeObserver(() => Math.abs(plot.width - Math.max(280, box.current.clientWidth)) > 4 && again());
    seen.observe(box.current);
    window.addEventListener('themechange', again);
    return () => { seen.disconnect(); window.removeEventListener('themechange', again); plot.destroy(); };
  }, [values]);
  return html`<div class="plot" ref=${box} role="img" aria-label=${label}></div>`;
}

const axis = (label, more) => ({ label, stroke: colour('faint'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line') },
  font: '11px sans-serif', labelFont: '11px sans-serif', labelSize: 18, size: 34, ...more });

/* The intervals of 95 % behind the points. */
function errorBars(low, high, name) {
  return { hooks: { draw: [(u) => {
    const { ctx } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    ctx.strokeStyle = colour(name);
    ctx.lineWidth = devicePixelRatio;
    u.data[0].forEach((x, i) => {
      if (low[i] === null || low[i] === undefined) return;
      const at = u.valToPos(x, 'x', true), a = u.valToPos(low[i], 'y', true), b = u.valToPos(high[i], 'y', true);
      ctx.beginPath();
      ctx.moveTo(at, a);
      ctx.lineTo(at, b);
      ctx.stroke();
    });
    ctx.restore();
  }] } };
}

/* The measured points of a sweep, its fit; else only the ceilings that locks set. */
function speedupSeries(data) {
  const points = data.scale ? data.scale.points || [] : [];
  const curve = data.scale ? data.scale.curves || [] : [];
  const ceiling = data.report.ceiling || [];
  const xs = new Map();
  const at = (x) => xs.get(x) || xs.set(x, {}).get(x);
  for (const p of points) Object.assign(at(p.n), { point: p.speedup, low: p.speedup_low, high: p.speedup_high });
  for (const c of curve) at(c.n).fit = c.speedup;
  for (const c of ceiling.filter(({ threads }) => threads <= Math.max(8, 4 * (data.report.run.cores || 1)))) Object.assign(at(c.threads), { ceiling: c.bound });
  const { findings, figures, run } = data.report;
  const last = points.length ? points[points.length - 1] : figures.speedup && run.cores ? { n: run.cores, speedup: figures.speedup } : null;
  if (last && findings.length) {
    const [f] = findings;
    Object.assign(at(last.n), { got: last.speedup, without: last.speedup * f.gain, withoutLow: last.speedup * f.gain_low, withoutHigh: last.speedup * f.gain_high });
  }
  const sorted = [...xs.keys()].sort((a, b) => a - b);
  const column = (key) => sorted.map((x) => (xs.get(x)[key] === undefined ? null : xs.get(x)[key]));
  return { x: sorted, ideal: sorted, point: column('point'), low: column('low'), high: column('high'), fit: column('fit'), ceiling: column('ceiling'),
    got: column('got'), without: column('without'), withoutLow: column('withoutLow'), withoutHigh: column('withoutHigh') };
}

function Speedup({ data }) {
  const s = speedupSeries(data);
  if (!s.x.length) return html`<section><h3>Speedup</h3><p class="empty">Not measured. 'parprof scale -- PROGRAM' runs it on 1, 2, … cores;
    name its database beside this one: parprof html RUN.db SWEEP.db.</p></section>`;
  const measured = s.point.some((p) => p !== null);
  const top = Math.max(1, ...s.point, ...s.fit, ...s.ceiling, ...s.without), bars = Math.max(...s.high, ...s.withoutHigh);
  const options = () => ({
    scales: { x: { time: false }, y: { range: (u, low, high) => [0, Math.max(1, Math.min(high, 1.3 * top), Math.min(1.05 * bars, 2 * top))] } },
    axes: [axis(measured ? 'cores' : 'threads'), axis('speedup')],
    plugins: [errorBars(s.low, s.high, 'text'), errorBars(s.withoutLow, s.withoutHigh, 'run')],
    series: [{}, { stroke: colour('faint'), dash: [4, 4], width: 1 }, { stroke: colour('link'), width: 2, spanGaps: true },
      { stroke: colour('run'), dash: [6, 3], width: 2, spanGaps: true },
      { stroke: colour('text'), width: 0, paths: () => null, points: { show: true, size: 7, fill: colour('text') } },
      { stroke: colour('run'), width: 0, paths: () => null, points: { show: true, size: 9, fill: colour('run') } }],
  });
  return html`<section><h3>Speedup <small>${measured ? 'measured on this machine' : 'what its locks would allow, when more threads did the same mix'}</small></h3>
    <${Plot} options=${options} values=${[s.x, s.ideal, s.fit, s.ceiling, measured ? s.point : s.got, s.without]} label="speedup by cores" />
    <p class="legend"><span><i class="swatch dashed"></i>ideal</span>
      ${measured && html`<span><i class="swatch" style="background:var(--link)"></i>fitted</span><span>\u25cf measured, bars: 95 %</span>`}
      ${!measured && s.got.some((y) => y !== null) && html`<span>\u25cf this run</span>`}
      ${s.without.some((y) => y !== null) && html`<span><i class="swatch loss-work dot"></i>without the first finding</span>`}
      <span><i class="swatch loss-work"></i>at most with these locks</span></p>
    ${!measured && html`<p class="explain">Not measured: 'parprof scale -- PROGRAM' does, and 'parprof html RUN.db SWEEP.db' draws it here.</p>`}</section>`;
}

/* Half of the cores or fewer are poor, up to 85 % ok. */
const band = (threads, cores) => (threads === 0 ? 'none' : threads <= cores * 0.5 ? 'poor' : threads <= cores * 0.85 ? 'ok' : 'ideal');

function Parallelism({ data }) {
  const { profile, run, figures } = data.report;
  if (!profile.length) return html`<section><h3>Parallelism</h3><p class="empty">Not known: no thread was seen.</p></section>`;
  const cores = run.cores || 1;
  const most = Math.max(cores, ...profile.map((p) => p.threads));
  const xs = Array.from({ length: most + 1 }, (_, i) => i);
  const ys = xs.map((x) => 100 * ((profile.find((p) => p.threads === x) || {}).running_share || 0));
  const colours = { none: 'faint', poor: 'lock', ok: 'spin', ideal: 'run' };
  const options = () => ({
    scales: { x: { time: false, range: [-0.6, most + 0.6] }, y: { range: (u, low, high) => [0, 1.05 * high] } },
    axes: [axis('threads running at once', { incrs: [1, 2, 5, 10, 20, 50, 100] }), axis('% of the time')],
    series: [{}, { paths: () => null, points: { show: false } }],
    hooks: { draw: [(u) => {
      const { ctx } = u;
      const width = Math.max(2, 0.8 * (u.valToPos(1, 'x', true) - u.valToPos(0, 'x', true)));
      const base = u.valToPos(0, 'y', true);
      xs.forEach((x, i) => {
        ctx.fillStyle = colour(colours[band(x, cores)]);
        const y = u.valToPos(ys[i], 'y', true);
        ctx.fillRect(u.valToPos(x, 'x', true) - width / 2, y, width, base - y);
      });
    }] },
  });
  return html`<section><h3>Parallelism <small>how many threads ran at the same time</small></h3>
    <${Plot} options=${options} values=${[xs, ys]} label=${xs.map((x, i) => `${x} threads ${ys[i].toFixed(1)} %`).join(', ')} />
    <p class="legend"><span><i class="swatch" style="background:var(--faint)"></i>nobody</span><span><i class="swatch loss-lock"></i>half the cores or fewer</span>
      <span><i class="swatch loss-spin"></i>ok</span><span><i class="swatch loss-work"></i>ideal</span></p>
    <p class="explain">On average ${(figures.average_running || 0).toFixed(2)} of ${cores} cores ran its threads, for ${ns(figures.wall_ns || 0)}.</p></section>`;
}

export function Answer({ data }) {
  const { verdict } = data.report;
  return html`<div id="answer">
    <h1 id="sentence">${verdict.sentence}</h1>
    <p class="consequence">${verdict.consequence}</p>
    <${Bar} data=${data} />
    <${Findings} data=${data} />
    <div class="two"><${Speedup} data=${data} /><${Parallelism} data=${data} /></div></div>`;
}
