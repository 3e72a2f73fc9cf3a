/* Flame graphs: waiting, on cores, blamed; a difference to another recording in colours. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { colour } from './answer.js';
import { brief, count, ns, share } from './format.js';
import { weightRows, weightsIn } from './data.js';
import { html } from './html.js';
import { pixelsOf } from './pixels.js';
import { change } from './state.js';
import { pattern } from './table.js';
import { Tree, fill, nodesOf, wantedNames } from './tree.js';

const ROW = 17;

export function treeOf(data, look, wanted) {
  const tree = new Tree(data.stacks.strings, Math.min(1e6, nodesOf(data.stacks)));
  const rows = look.range && look.flame !== 'blame' ? weightsIn(data, look.flame, look.range) : weightRows(data.weights, data.facts.kinds, look.flame);
  const state = (row) => !wanted.state || row.state === wanted.state - 1;
  fill(tree, data, data.stacks, rows, wanted, (row) => (look.thread < 0 || row.thread === look.thread) && (!look.lock || row.leader === look.lock) && state(row), false);
  /* Numbers of threads and locks are those of one recording: only whole graphs are compared. */
  if (data.base && wanted.compare)
    fill(tree, data, data.base.stacks, weightRows(data.base.weights, data.facts.kinds, look.flame), { ...wanted, by: '' }, state, true);
  return tree;
}

/* Boxes row by row, each from left to right: node, x, width; row: where those of a depth begin. Those below a third of a pixel are left out. */
function layout(tree, focus, width) {
  const node = new Int32Array(tree.count), x = new Float64Array(tree.count), wide = new Float64Array(tree.count), row = [0];
  const { value, first, next } = tree, scale = width / (value[focus] || 1);
  let count = 1;
  const add = (child, at) => {
    node[count] = child;
    x[count] = at;
    wide[count++] = value[child] * scale;
  };
  node[0] = focus;
  wide[0] = width;
  for (let from = 0; from < count;) {
    const to = count;
    row.push(to);
    for (; from < to; from++) {
      const only = first[node[from]];
      let at = x[from];
      if (only && !next[only]) {
        if (value[only] * scale >= 0.3) add(only, at);
        continue;
      }
      for (const child of tree.children(node[from])) {
        if (value[child] * scale < 0.3) break; /* so are the others */
        add(child, at);
        at += wide[count - 1];
      }
    }
  }
  return { node: node.subarray(0, count), x, width: wide, row, height: row.length - 1 };
}

/* Shades of a name, so that neighbours differ and a name looks alike everywhere. */
const SHADES = 8;
function shadeOf(name) {
  let h = 0;
  for (let i = 0; i < name.length; i++) h = (h * 31 + name.charCodeAt(i)) | 0;
  return (h >>> 3) % SHADES;
}

const hues = { cpu: [150, 45], wait: [8, 60], blame: [32, 70] };

/* Red: more than before, blue: less; both as shares of their recordings. */
function differenceColour(tree, node, dark) {
  const d = tree.value[node] / (tree.value[0] || 1) - tree.before[node] / (tree.before[0] || 1);
  const strength = Math.round(10 * Math.min(1, Math.abs(d) * 12)) / 10;
  const light = dark ? 30 + 25 * (1 - strength) : 88 - 33 * strength;
  return `hsl(${d > 0 ? 12 : 215} ${Math.round(15 + 65 * strength)}% ${Math.round(light)}%)`;
}

/* What colour a node has; that of a name is found once. */
function colouring(tree, look, marked, compared) {
  const dark = document.documentElement.dataset.theme === 'dark', pixel = pixelsOf(), mark = pixel(colour('mark'));
  const [hue, saturation] = hues[look.flame];
  const shades = Uint32Array.from({ length: SHADES }, (_, i) => pixel(`hsl(${hue + Math.round(26 * i / SHADES)} ${saturation}% ${(dark ? 26 : 70) + i * (dark ? 1.3 : 1.6)}%)`));
  const known = new Uint32Array(tree.strings.length + tree.more.length);
  const ofName = (name) => known[name] || (known[name] = shades[shadeOf(tree.string(name))]);
  return (node) => (marked && marked(node) ? mark : compared ? pixel(differenceColour(tree, node, dark)) : ofName(tree.name[node]));
}

/* A row of boxes is a line of an image that is drawn as high as rows are: thousands of rectangles would cost more. Of boxes within a pixel the first is drawn. */
function drawRows(c, tree, boxes, ratio, colourOf) {
  const { width, height } = c.canvas, image = new ImageData(width, boxes.height), pixels = new Uint32Array(image.data.buffer);
  for (let depth = 0; depth < boxes.height; depth++) {
    let drawn = depth * width;
    const start = drawn;
    for (let i = boxes.row[depth]; i < boxes.row[depth + 1]; i++) {
      const to = start + Math.min(width, Math.round((boxes.x[i] + boxes.width[i]) * ratio));
      let at = Math.max(drawn, start + Math.round(boxes.x[i] * ratio));
      if (to <= at) continue;
      drawn = to;
      const pixel = colourOf(boxes.node[i]), last = to - at > 2 ? to - 1 : to;
      for (; at < last; at++) pixels[at] = pixel;
    }
  }
  const lines = new OffscreenCanvas(width, boxes.height);
  lines.getContext('2d').putImageData(image, 0, 0);
  c.imageSmoothingEnabled = false;
  c.drawImage(lines, 0, 0, width, height);
  for (let depth = 1; depth <= boxes.height; depth++) c.clearRect(0, Math.round((depth * ROW - 1) * ratio), width, Math.round(ratio));
}

/* Widths in px, of the one font that is written in. */
const widths = new Map();
function widthOf(c, letter) {
  if (!widths.has(letter)) widths.set(letter, c.measureText(letter).width);
  return widths.get(letter);
}

/* As much of a name as there is room for. */
function fitted(c, name, room) {
  const dots = widthOf(c, '\u2026');
  let width = 0, kept = 1;
  for (let i = 0; i < name.length; i++) {
    width += widthOf(c, name[i]);
    if (width > room) return `${name.slice(0, kept)}\u2026`;
    if (width + dots <= room) kept = i + 1;
  }
  return name;
}

function drawWords(c, tree, boxes, marked) {
  const text = colour('text');
  for (let depth = 0; depth < boxes.height; depth++)
    for (let i = boxes.row[depth]; i < boxes.row[depth + 1]; i++) {
      if (boxes.width[i] < 26) continue;
      c.fillStyle = marked && marked(boxes.node[i]) ? '#000' : text;
      c.fillText(fitted(c, brief(tree.nameOf(boxes.node[i])), boxes.width[i] - 5), boxes.x[i] + 3, depth * ROW + ROW / 2);
    }
}

function paint(canvas, tree, boxes, look, wanted, compared) {
  const ratio = window.devicePixelRatio || 1, height = boxes.height * ROW;
  canvas.width = Math.round(canvas.parentElement.clientWidth * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const c = canvas.getContext('2d');
  const marked = wanted ? wantedNames(tree, wanted) : null;
  drawRows(c, tree, boxes, ratio, colouring(tree, look, marked, compared));
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.font = '11px sans-serif';
  c.textBaseline = 'middle';
  drawWords(c, tree, boxes, marked);
}

function Choice({ label, value, values, onChange }) {
  return html`<label>${label} <select value=${value} onChange=${(e) => onChange(e.currentTarget.value)}>
    ${values.map(([v, words]) => html`<option key=${v} value=${v} selected=${String(v) === String(value)}>${words}</option>`)}</select></label>`;
}

const reasons = {
  cpu: "No samples: 'parprof record' takes them unless --sample=0 was given or the kernel refused; 'parprof doctor' says why.",
  wait: 'Nothing waited with a stack.',
  blame: 'Nobody was seen to hold a lock that others waited for.',
};

export function FlameGraph({ data, look }) {
  const canvas = useRef(null);
  const [wanted, setWanted] = useState({ state: 0, by: '', invert: false, runtime: false, compare: !!data.base });
  const [zoomed, setZoomed] = useState([]);
  const [hover, setHover] = useState(-1); /* a box */
  const [width, setWidth] = useState(() => document.getElementById('view').clientWidth - 2); /* most likely */
  const [theme, setTheme] = useState(0);
  const tree = useMemo(() => treeOf(data, look, wanted), [look.flame, look.thread, look.lock, look.range, wanted]);
  const focus = zoomed.reduce((node, name) => tree.childNamed(node, name) || node, 0);
  const boxes = useMemo(() => layout(tree, focus, width), [tree, focus, width]);
  const search = useMemo(() => pattern(look.search), [look.search]);
  const found = useMemo(() => (search ? tree.matched(search) : 0), [tree, search]);
  const name = data.facts.kind_units[data.facts.kinds.indexOf(look.flame)];
  const unit = name === 'ns' ? ns : (x) => `${count(x)} ${name}`;
  const compared = data.base && wanted.compare;

  useLayoutEffect(() => {
    const fit = () => canvas.current && setWidth(canvas.current.parentElement.clientWidth);
    fit();
    window.addEventListener('resize', fit);
    const theme = () => setTheme((n) => n + 1);
    window.addEventListener('themechange', theme);
    return () => { window.removeEventListener('resize', fit); window.removeEventListener('themechange', theme); };
  }, []);
  useLayoutEffect(() => { if (canvas.current) paint(canvas.current, tree, boxes, look, search, compared); }, [tree, boxes, search, compared, theme]);
  useEffect(() => {
    const out = () => setZoomed((z) => z.slice(0, -1));
    window.addEventListener('out', out);
    return () => window.removeEventListener('out', out);
  }, []);
  useLayoutEffect(() => { setHover(-1); setZoomed((z) => (z.length ? [] : z)); }, [look.flame, wanted.invert, wanted.by]);

  const boxAt = (e) => {
    const depth = Math.floor(e.offsetY / ROW);
    let box = -1;
    for (let i = boxes.row[depth]; i < boxes.row[depth + 1] && boxes.x[i] <= e.offsetX; i++) box = i;
    return box >= 0 && e.offsetX < boxes.x[box] + Math.max(1, boxes.width[box]) ? box : -1;
  };
  const zoom = (node) => {
    const names = [];
    for (let n = node; n > 0 && n !== focus; n = tree.parent[n]) names.unshift(tree.nameOf(n));
    setZoomed([...zoomed, ...names]);
  };
  const all = tree.value[0], at = hover >= 0 && hover < boxes.node.length ? boxes.node[hover] : -1;
  const depthOf = (i) => boxes.row.findIndex((first, depth) => i >= first && i < boxes.row[depth + 1]);
  const threads = [[-1, 'all threads'], ...data.threads.slice(0, 500).map((t) => [t.place, `${t.name || 'thread'} (${t.place + 1})`])];
  const set = (part) => setWanted({ ...wanted, ...part });
  const lock = look.lock ? data.lock.get(look.lock) : null;
  return html`<div><h2>Flame graphs <small>the wider, the more; the outermost frames on top</small></h2>
    <div class="tools" role="tablist">${data.facts.kinds.map((kind, i) => html`<button key=${kind} role="tab" aria-selected=${look.flame === kind}
      class=${look.flame === kind ? 'on' : ''} onClick=${() => change({ flame: kind })}>${data.facts.kind_titles[i]}</button>`)}</div>
    <div class="tools">
      <${Choice} label="thread" value=${look.thread} values=${threads} onChange=${(v) => change({ thread: Number(v) })} />
      <${Choice} label="below" value=${wanted.by} values=${[['', 'nothing'], ['thread', 'its thread'], ['state', 'its state'], ['lock', 'its lock']]} onChange=${(by) => set({ by })} />
      ${look.flame === 'wait' && html`<${Choice} label="state" value=${wanted.state} values=${[[0, 'all'], ...data.facts.state_words.map((w, i) => [i + 1, w])]} onChange=${(v) => set({ state: Number(v) })} />`}
      <label><input type="checkbox" checked=${wanted.invert} onChange=${() => set({ invert: !wanted.invert })} /> inverted</label>
      <label><input type="checkbox" checked=${wanted.runtime} onChange=${() => set({ runtime: !wanted.runtime })} /> frames of libraries</label>
      ${data.base && html`<label><input type="checkbox" checked=${wanted.compare} onChange=${() => set({ compare: !wanted.compare })} /> compared: red more, blue less than before</label>`}
      ${lock && html`<span class="chip">only ${brief(lock.name || '')} <button aria-label="all locks" onClick=${() => change({ lock: 0 })}>\u2715</button></span>`}
      ${zoomed.length > 0 && html`<button onClick=${() => setZoomed([])}>whole graph (Esc)</button>`}</div>
    ${!all ? html`<p class="empty">${reasons[look.flame]}</p>` : html`
      <p class="status" aria-live="polite">${at >= 0 ? `${tree.nameOf(at)}  ${tree.placeOf(at)}  ${unit(tree.value[at])}, ${share(tree.value[at] / all)} of all${
        at > 0 ? `, ${share(tree.value[at] / tree.value[tree.parent[at]])} of its caller` : ''}${compared ? `, before ${share(tree.before[at] / (tree.before[0] || 1))}` : ''}`
        : `${unit(all)}${search ? `; ${share(found)} of it matches` : ''}`}</p>
      <div class="flame"><canvas ref=${canvas} tabindex="0" role="img" aria-label=${`${data.facts.kind_titles[data.facts.kinds.indexOf(look.flame)]}: ${tree.children(0).slice(0, 5).map((n) => `${tree.nameOf(n)} ${share(tree.value[n] / all)}`).join(', ')}`}
        onMouseMove=${(e) => setHover(boxAt(e))} onMouseLeave=${() => setHover(-1)}
        onClick=${(e) => { const box = boxAt(e); if (box > 0) zoom(boxes.node[box]); else setZoomed(zoomed.slice(0, -1)); }}></canvas>
        ${at >= 0 && html`<i class="under" style=${`left:${boxes.x[hover]}px;top:${depthOf(hover) * ROW}px;width:${Math.max(2, boxes.width[hover])}px;height:${ROW - 1}px`}></i>`}</div>`}
    ${look.range && look.flame === 'blame' && html`<p class="explain">Blame is known of the whole run only: the range is not applied.</p>`}
    ${look.range && look.flame === 'cpu' && !data.samples.rows && html`<p class="explain">The times of samples are not in this page: there were more than --max-events.</p>`}
  </div>`;
}
