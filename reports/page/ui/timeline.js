/* A row per thread, on a canvas: what it did, who ended its waits, the critical path. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { colour } from './answer.js';
import { pixelsOf } from './pixels.js';
import { brief, ns, share } from './format.js';
import { framesOf, nameOf } from './data.js';
import { html } from './html.js';
import { change, now } from './state.js';

const LABEL = Math.min(230, Math.max(150, window.innerWidth >> 3)), ROW = 18, HEAD = 20, PROCESS = 18, MOST_HEIGHT = 620;

/* Rows from top to bottom: a line for each process, its threads below. */
function rowsOf(data) {
  const rows = [];
  let process = -1;
  const order = [...data.threads].sort((a, b) => a.process - b.process || a.place - b.place);
  const several = new Set(order.map((t) => t.process)).size > 1;
  for (const thread of order) {
    if (several && thread.process !== process) {
      process = thread.process;
      const p = data.processOf.get(process);
      rows.push({ process: p, name: p ? `${p.pid} ${(p.command || '').replace(/^\S*\//, '')}` : `process ${process}`, height: PROCESS });
    }
    rows.push({ thread, name: thread.name || `thread ${thread.place}`, height: ROW });
  }
  let y = HEAD;
  for (const row of rows) {
    row.label = brief(row.name);
    row.y = y;
    y += row.height;
  }
  return { rows, height: y };
}

/* The first interval of a thread that ends behind a time. */
function firstBehind(t, low, high, time) {
  let a = low, b = high;
  while (a < b) {
    const middle = (a + b) >> 1;
    if (t.end[middle] <= time) a = middle + 1;
    else b = middle;
  }
  return a;
}

function ticks(from, to) {
  const step = 10 ** Math.floor(Math.log10((to - from) / 5));
  const nice = [1, 2, 5, 10].map((k) => k * step).find((s) => (to - from) / s <= 9) || step * 10;
  const out = [];
  for (let t = Math.ceil(from / nice) * nice; t <= to; t += nice) out.push(t);
  return out;
}

/* Drawn at each change. Intervals are pixels of an image: a call of the canvas for each would cost more than all else. */
class Painter {
  constructor(canvas, data) {
    Object.assign(this, { canvas, data, context: canvas.getContext('2d') });
    this.colours();
  }

  colours() {
    const pixel = pixelsOf(), states = this.data.facts.states.map((s) => pixel(colour(`state-${s}`)));
    this.fill = { bright: Uint32Array.from(states), faint: Uint32Array.from(states, (p) => p & 0xffffff | 0x59000000) };
    this.ink = { text: colour('text'), faint: colour('faint'), line: colour('line'), back: colour('back'), mark: colour('mark'), path: colour('path') };
  }

  resize(width, height) {
    const ratio = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.ratio = ratio;
    this.image = new ImageData(Math.max(1, this.canvas.width - Math.round(LABEL * ratio)), Math.max(1, this.canvas.height));
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.layer = new OffscreenCanvas(this.image.width, this.image.height);
  }

  x(time) {
    return LABEL + (time - this.from) / (this.to - this.from) * (this.width - LABEL);
  }

  time(x) {
    return this.from + (x - LABEL) / (this.width - LABEL) * (this.to - this.from);
  }

  draw({ from, to, rows, top, lock, hover }) {
    Object.assign(this, { from, to });
    const { context: c, ink } = this;
    c.fillStyle = ink.back;
    c.fillRect(0, 0, this.width, this.height);
    c.font = '11px sans-serif';
    c.textBaseline = 'middle';
    this.axis();
    this.pixels.fill(0);
    for (const row of rows) {
      const y = row.y - top;
      if (y + row.height < HEAD || y > this.height) continue;
      this.label(row, y);
      if (row.thread) this.intervals(row.thread, y, row.height, lock);
    }
    this.layer.getContext('2d').putImageData(this.image, 0, 0);
    c.drawImage(this.layer, LABEL, 0, this.image.width / this.ratio, this.image.height / this.ratio);
    this.path(rows, top);
    this.arrows(rows, top, lock, hover);
    c.fillStyle = ink.back;
    c.fillRect(0, 0, this.width, HEAD);
    this.axis(true);
  }

  axis(words) {
    const { context: c, ink } = this;
    for (const t of ticks(this.from, this.to)) {
      const x = Math.round(this.x(t)) + 0.5;
      c.strokeStyle = ink.line;
      c.beginPath();
      c.moveTo(x, words ? HEAD - 5 : HEAD);
      c.lineTo(x, words ? HEAD : this.height);
      c.stroke();
      if (!words) continue;
      c.fillStyle = ink.faint;
      c.textAlign = x > this.width - 40 ? 'right' : 'center';
      c.fillText(ns(t), x, 8);
    }
  }

  label(row, y) {
    const { context: c, ink } = this;
    c.textAlign = 'left';
    c.fillStyle = row.thread ? ink.text : ink.faint;
    c.save();
    c.beginPath();
    c.rect(0, y, LABEL - 6, row.height);
    c.clip();
    c.fillText(row.label, row.thread ? 8 : 0, y + row.height / 2);
    c.restore();
  }

  /* A row of pixels, each of the colour that fills most of it; then as many such rows as it is high. */
  intervals(thread, y, height, lock) {
    const { fill, ratio, image: { width }, pixels, data: { intervals: t, firstInterval } } = this;
    const first = Math.max(0, Math.round((y + 2) * ratio)), behind = Math.min(this.image.height, Math.round((y + height - 2) * ratio));
    if (behind <= first) return;
    const line = pixels.subarray(first * width, (first + 1) * width), end = firstInterval[thread.place + 1];
    const { begin: begins, end: ends, state: states, leader: leaders } = t;
    const scale = width / (this.to - this.from), part = new Float64Array(fill.bright.length);
    let pixel = -1, marked = false;
    const flush = () => {
      let most = 0;
      for (let s = 1; s < part.length; s++) if (part[s] > part[most]) most = s;
      if (pixel >= 0 && pixel < width && part[most] > 0) line[pixel] = (!lock || marked ? fill.bright : fill.faint)[most];
      part.fill(0);
      marked = false;
    };
    for (let i = firstBehind(t, firstInterval[thread.place], end, this.from); i < end && begins[i] < this.to; i++) {
      const a = Math.max(0, (begins[i] - this.from) * scale), b = Math.min(width, (ends[i] - this.from) * scale);
      const s = states[i], is = leaders[i] === lock, from = Math.floor(a), to = Math.floor(b);
      if (from !== pixel) {
        flush();
        pixel = from;
      }
      marked = marked || is;
      part[s] += Math.min(b, from + 1) - a;
      if (to === from) continue;
      flush();
      line.fill((!lock || is ? fill.bright : fill.faint)[s], from + 1, to);
      pixel = to;
      marked = is;
      part[s] = b - to;
    }
    flush();
    for (let row = first + 1; row < behind; row++) pixels.copyWithin(row * width, first * width, (first + 1) * width);
  }

  path(rows, top) {
    const { context: c, data: { path: p } } = this;
    const at = new Map(rows.filter((r) => r.thread).map((r) => [r.thread.place, r]));
    c.fillStyle = this.ink.path;
    const drawn = new Float64Array(this.data.threads.length).fill(-1); /* so far */
    let before = null;
    let last = -1;
    for (let i = 0; i < p.rows; i++) {
      if (p.end[i] <= this.from || p.begin[i] >= this.to) continue;
      const row = at.get(p.thread[i]);
      if (!row) continue;
      const y = row.y - top + row.height - 3;
      const a = Math.max(LABEL, this.x(p.begin[i])), b = Math.min(this.width, this.x(p.end[i]));
      if (y > HEAD && b > drawn[p.thread[i]] + 0.5) {
        const from = Math.max(a, drawn[p.thread[i]]);
        c.fillRect(from, y, Math.max(1, b - from), 3);
        drawn[p.thread[i]] = Math.max(b, from + 1);
      }
      if (before !== null && before !== y && a - last > 2) {
        c.fillRect(a - 0.5, Math.min(before, y), 1, Math.abs(before - y) + 3);
        last = a;
      }
      before = y;
    }
  }

  /* From who ended a wait to who waited: of the interval under the mouse, and of the chosen lock while they are few. */
  arrows(rows, top, lock, hover) {
    const { data: { intervals: t } } = this;
    const at = new Map(rows.filter((r) => r.thread).map((r) => [r.thread.place, r]));
    const draw = (i) => {
      const from = at.get(t.waker[i] - 1), to = at.get(t.thread[i]);
      if (!from || !to || from === to) return;
      const time = t.end[i] - t.woken[i];
      this.arrow(this.x(time), from.y - top + from.height / 2, this.x(t.end[i]), to.y - top + to.height / 2);
    };
    if (lock) {
      const some = [];
      for (let i = 0; i < t.rows && some.length <= 300; i++)
        if (t.leader[i] === lock && t.waker[i] && t.end[i] > this.from && t.end[i] < this.to) some.push(i);
      if (some.length <= 300) some.forEach(draw);
    }
    if (hover >= 0 && t.waker[hover]) draw(hover);
  }

  arrow(x1, y1, x2, y2) {
    const { context: c } = this;
    const angle = Math.atan2(y2 - y1, x2 - x1);
    c.strokeStyle = c.fillStyle = this.ink.mark;
    c.beginPath();
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
    c.stroke();
    c.beginPath();
    c.moveTo(x2, y2);
    c.lineTo(x2 - 6 * Math.cos(angle - 0.4), y2 - 6 * Math.sin(angle - 0.4));
    c.lineTo(x2 - 6 * Math.cos(angle + 0.4), y2 - 6 * Math.sin(angle + 0.4));
    c.fill();
  }
}

function intervalAt(data, rows, top, y, time) {
  const row = rows.find((r) => r.thread && y >= r.y - top && y < r.y - top + r.height);
  if (!row) return -1;
  const end = data.firstInterval[row.thread.place + 1];
  const i = firstBehind(data.intervals, data.firstInterval[row.thread.place], end, time);
  return i < end && data.intervals.begin[i] <= time ? i : -1;
}

function Tip({ data, index, x, y }) {
  const { intervals: t, facts, stacks } = data;
  const lock = t.leader[index] ? data.lock.get(t.leader[index]) : null;
  const waker = t.waker[index] ? data.threads[t.waker[index] - 1] : null;
  const frames = framesOf(stacks, t.stack[index]).reverse().slice(0, 6);
  const time = t.end[index] - t.begin[index];
  return html`<div class="tip" style=${`left:${Math.min(x + 12, window.innerWidth - 340)}px;top:${y + 14}px`}>
    <b>${facts.state_words[t.state[index]]}</b>${lock ? ` ${brief(lock.name || '')}` : ''}, ${ns(time)}, ${share(time / data.wall)} of the run
    ${t.weight[index] > 1 && html`<br/>${t.weight[index]} short intervals, merged: mostly this`}
    ${waker && html`<br/>ended by ${waker.name}${t.woken[index] ? `, ${ns(t.woken[index])} before it ran` : ''}`}
    <ol>${frames.map((f, i) => html`<li key=${i}>${brief(nameOf(stacks, f.function))}${f.line ? ` ${nameOf(stacks, f.file).replace(/^.*\//, '')}:${f.line}` : ''}</li>`)}</ol></div>`;
}

function Legend({ data }) {
  const used = new Set(data.intervals.state);
  return html`<p class="legend">${data.facts.states.map((s, i) => used.has(i) && html`<span key=${s}><i class="swatch" style=${`background:var(--state-${s})`}></i>${data.facts.state_words[i]}</span>`)}
    <span><i class="swatch" style="background:var(--path)"></i>critical path</span></p>`;
}

function merged(data) {
  const { timeline } = data.facts;
  return timeline.merged_below_ns
    ? ` ${timeline.shown.toLocaleString('en')} of ${timeline.intervals.toLocaleString('en')} intervals are drawn: those shorter than ${ns(timeline.merged_below_ns)} are merged, or drawn as running. All of them are in the database.` : '';
}

export function Timeline({ data, look }) {
  const box = useRef(null), canvas = useRef(null), painter = useRef(null), drag = useRef(null);
  const [span, setSpan] = useState(() => look.range || [0, data.wall]);
  const [hover, setHover] = useState(null);
  const [top, setTop] = useState(0);
  const [select, setSelect] = useState(null);
  const { rows, height } = useMemo(() => rowsOf(data), []);
  const seen = Math.min(height, MOST_HEIGHT);
  const clampTop = (y) => Math.max(0, Math.min(y, height - seen));

  const paint = () => painter.current && painter.current.draw({ from: span[0], to: span[1], rows, top, lock: now().lock, hover: hover ? hover.index : -1 });
  useLayoutEffect(() => {
    painter.current = new Painter(canvas.current, data);
    const fit = () => { painter.current.resize(Math.max(300, box.current.clientWidth), seen); painter.current.colours(); };
    fit();
    const again = () => { fit(); setSpan((s) => [...s]); };
    window.addEventListener('resize', again);
    window.addEventListener('themechange', again);
    return () => { window.removeEventListener('resize', again); window.removeEventListener('themechange', again); };
  }, []);
  useLayoutEffect(paint);

  const zoom = (factor, x) => {
    const at = painter.current.time(x === undefined ? (LABEL + painter.current.width) / 2 : x);
    setSpan(([a, b]) => {
      const width = Math.max(100, Math.min(data.wall, (b - a) * factor));
      const from = Math.max(0, Math.min(at - (at - a) / (b - a) * width, data.wall - width));
      return [from, from + width];
    });
  };
  const pan = (part) => setSpan(([a, b]) => {
    const step = Math.max(-a, Math.min(part * (b - a), data.wall - b));
    return [a + step, b + step];
  });
  useEffect(() => {
    const element = canvas.current;
    const wheel = (e) => {
      e.preventDefault();
      if (e.ctrlKey || e.metaKey || !e.shiftKey && Math.abs(e.deltaY) >= Math.abs(e.deltaX) && !e.altKey && height <= MOST_HEIGHT || e.altKey)
        zoom(e.deltaY > 0 ? 1.25 : 0.8, e.offsetX);
      else if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) pan(e.deltaX / 600);
      else setTop((y) => clampTop(y + e.deltaY));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);
  useEffect(() => {
    const key = (e) => {
      if (e.target.closest('input, textarea') || e.ctrlKey || e.metaKey || e.altKey) return;
      const act = { w: () => zoom(0.7), s: () => zoom(1.4), a: () => pan(-0.2), d: () => pan(0.2), 0: () => setSpan([0, data.wall]) }[e.key];
      if (act) act();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  });

  const down = (e) => { drag.current = { x: e.offsetX, y: e.offsetY, span, top, range: e.shiftKey, moved: false }; };
  const move = (e) => {
    const d = drag.current;
    if (d) {
      d.moved = d.moved || Math.abs(e.offsetX - d.x) > 3 || Math.abs(e.offsetY - d.y) > 3;
      if (d.range) setSelect([Math.min(d.x, e.offsetX), Math.max(d.x, e.offsetX)]);
      else {
        const step = (d.x - e.offsetX) / (painter.current.width - LABEL) * (d.span[1] - d.span[0]);
        const from = Math.max(0, Math.min(d.span[0] + step, data.wall - (d.span[1] - d.span[0])));
        setSpan([from, from + d.span[1] - d.span[0]]);
        setTop(clampTop(d.top + d.y - e.offsetY));
      }
      return;
    }
    const index = e.offsetX > LABEL ? intervalAt(data, rows, top, e.offsetY, painter.current.time(e.offsetX)) : -1;
    setHover(index >= 0 ? { index, x: e.clientX, y: e.clientY } : null);
  };
  const up = (e) => {
    const d = drag.current;
    drag.current = null;
    if (!d) return;
    if (d.range && select && select[1] - select[0] > 3) change({ range: select.map((x) => Math.max(0, painter.current.time(x))) });
    else if (!d.moved) {
      const index = intervalAt(data, rows, top, e.offsetY, painter.current.time(e.offsetX));
      const leader = index >= 0 ? data.intervals.leader[index] : 0;
      change({ lock: leader === look.lock ? 0 : leader });
    }
    setSelect(null);
  };
  const lock = look.lock ? data.lock.get(look.lock) : null;
  if (!data.threads.length) return html`<p class="empty">No thread was seen: 'parprof doctor' says what can be watched here.</p>`;
  return html`<div><h2>Timeline <small>${data.threads.length} threads, ${ns(span[0])} to ${ns(span[1])}${lock ? `; marked: ${brief(lock.name || '')}` : ''}</small></h2>
    <p class="tools"><button onClick=${() => zoom(0.6)}>zoom in (w)</button><button onClick=${() => zoom(1.6)}>out (s)</button>
      <button onClick=${() => pan(-0.3)}>left (a)</button><button onClick=${() => pan(0.3)}>right (d)</button><button onClick=${() => setSpan([0, data.wall])}>all (0)</button>
      <button onClick=${() => change({ range: span })}>only this range, everywhere</button></p>
    <${Legend} data=${data} />
    <div class="timeline" ref=${box}>
      <canvas ref=${canvas} tabindex="0" role="img" aria-label="what each thread did over time" onMouseDown=${down} onMouseMove=${move} onMouseUp=${up}
        onMouseLeave=${() => { setHover(null); drag.current = null; setSelect(null); }} onDblClick=${(e) => zoom(0.25, e.offsetX)}></canvas>
      ${select && html`<div class="select" style=${`left:${select[0]}px;width:${select[1] - select[0]}px`}></div>`}
      ${hover && html`<${Tip} data=${data} ...${hover} />`}</div>
    <p class="explain">Drag to move, wheel to zoom, shift and drag for a range of time that all views keep to, click for a lock that is then marked everywhere. Arrows lead
      from who ended a wait to who waited.${merged(data)}</p></div>`;
}
