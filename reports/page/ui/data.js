/*
 * The page's data: gzip in base64, JSON or columns (columns.h of reports/page). What the first screen shows is a piece
 * of its own, before the script; the rest is read when that is drawn.
 */

function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

async function unpacked(id) {
  const tag = document.getElementById(id);
  if (!tag || !tag.textContent) return null;
  const stream = new Blob([bytesOf(tag.textContent)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function json(id) {
  const bytes = await unpacked(id);
  return bytes && JSON.parse(new TextDecoder().decode(bytes));
}

/* Numbers of so many bytes each, the lowest bytes of all first; of up to 2^53, which shifts would cut at 2^31. */
function numbersOf(bytes, at, count, rows) {
  const numbers = new Float64Array(rows);
  for (let byte = 0, scale = 1; byte < count; byte++, scale *= 256, at += rows)
    for (let row = 0; row < rows; row++) numbers[row] += bytes[at + row] * scale;
  return numbers;
}

/* Zigzag; sums: each is a difference to the one before. */
function unfold(numbers, sums) {
  let last = 0;
  for (let row = 0; row < numbers.length; row++) {
    const n = numbers[row];
    last = (sums ? last : 0) + (n % 2 ? -(n + 1) / 2 : n / 2);
    numbers[row] = last;
  }
  return numbers;
}

/* Where the rows are in columns that are ordered by the numbers of a first one. */
function orderOf(first) {
  const place = new Uint32Array(257), order = new Uint32Array(first.length);
  for (let row = 0; row < first.length; row++) place[first[row] + 1]++;
  for (let kind = 0; kind < 256; kind++) place[kind + 1] += place[kind];
  for (let row = 0; row < first.length; row++) order[row] = place[first[row]]++;
  return order;
}

function ordered(numbers, order) {
  const rows = new Float64Array(numbers.length);
  for (let row = 0; row < rows.length; row++) rows[row] = numbers[order[row]];
  return rows;
}

/* form: '+' where a column is of differences, '#' where the others are ordered by it. */
export function columns(bytes, form, names) {
  let at = 0, order = null;
  const next = () => {
    let value = 0, scale = 1, byte;
    do {
      byte = bytes[at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  };
  const rows = bytes && bytes.length ? next() : 0, table = { rows };
  for (const name of names) table[name] = new Float64Array(0);
  if (!rows) return table;
  next(); /* how many columns there are: form says it */
  names.forEach((name, i) => {
    const count = bytes[at++];
    const numbers = unfold(numbersOf(bytes, at, count, rows), form[i] === '+');
    at += count * rows;
    if (form[i] === '#') order = orderOf(numbers);
    table[name] = order && form[i] !== '#' ? ordered(numbers, order) : numbers;
  });
  return table;
}

/* Of each row its lock and stack; what is said of none is where the next row of its thread is. */
function placesOf(rows, sites) {
  const leader = new Float64Array(rows.rows), stack = new Float64Array(rows.rows);
  for (let row = rows.rows - 1; row >= 0; row--) {
    const site = rows.site[row];
    if (site) {
      leader[row] = sites.leader[site - 1];
      stack[row] = sites.stack[site - 1];
    } else if (row + 1 < rows.rows && rows.thread[row + 1] === rows.thread[row]) stack[row] = stack[row + 1];
  }
  return { leader, stack };
}

/* Rows with their times; what lies between them and around them, the thread ran. firstInterval: where those of each thread begin. */
function intervalsOf(rows, sites, threads, run, unit) {
  const most = 2 * rows.rows + threads.length, of = (Type) => new Type(most);
  const { leader: leaders, stack: stacks } = placesOf(rows, sites);
  const thread = of(Int32Array), begin = of(Float64Array), end = of(Float64Array), state = of(Uint8Array), leader = of(Float64Array),
    stack = of(Int32Array), waker = of(Int32Array), woken = of(Float64Array), weight = of(Float64Array);
  const first = new Int32Array(threads.length + 1);
  let n = 0, row = 0;
  const add = (place, from, to) => {
    thread[n] = place;
    begin[n] = from;
    end[n] = to;
    state[n] = run;
    weight[n] = 1;
    n++;
  };
  threads.forEach((life, place) => {
    const last = Math.floor(life.end / unit) * unit;
    let at = Math.floor(life.begin / unit) * unit;
    first[place] = n;
    for (; row < rows.rows && rows.thread[row] === place; row++) {
      const gap = rows.gap[row] * unit, to = at + gap + rows.duration[row] * unit;
      if (gap > 0) add(place, at, at + gap);
      add(place, at + gap, to);
      const i = n - 1;
      state[i] = rows.state[row];
      leader[i] = leaders[row];
      stack[i] = stacks[row];
      waker[i] = rows.waker[row];
      weight[i] = rows.weight[row];
      woken[i] = rows.woken[row] * unit;
      at = to;
    }
    if (at < last) add(place, at, last);
  });
  first[threads.length] = n;
  const all = { thread, begin, end, state, leader, stack, waker, woken, weight };
  for (const name of Object.keys(all)) all[name] = all[name].subarray(0, n);
  return { firstInterval: first, intervals: { ...all, rows: n } };
}

const WEIGHTS = ['kind', 'thread', 'state', 'leader', 'stack', 'weight', 'count'];
const weightsOf = (bytes) => columns(bytes, '+++++..', WEIGHTS);

/* What the first screen shows. */
export async function loadAnswer() {
  const [answer, scale] = await Promise.all([json('first'), json('scale')]);
  return { ...answer, scale };
}

const parsed = () => new Promise((done) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', done, { once: true });
  else done();
});

/* What tables show. */
export async function loadReport(data) {
  await parsed();
  const [report, facts] = await Promise.all([json('report'), json('facts')]);
  Object.assign(data, { report, facts });
  data.threads = facts.threads.map(([id, name, process, begin, end], place) => ({ id, name, process, begin, end, place }));
  data.lock = new Map();
  for (const table of [report.waits, report.locks])
    for (const row of table) data.lock.set(row.leader, row);
  data.processOf = new Map(report.processes.map((p) => [p.process, p]));
  data.wall = data.threads.reduce((most, t) => Math.max(most, t.end), Math.max(1, report.run.wall_ns || 0));
}

/* What the timeline, flame graphs, and all that is of a range of time, show. */
export async function loadIntervals(data) {
  const [intervals, sites, path, samples, weights, stacks, baseWeights, baseStacks] = await Promise.all([
    unpacked('intervals'), unpacked('sites'), unpacked('path'), unpacked('samples'), unpacked('weights'),
    json('stacks'), unpacked('base-weights'), json('base-stacks')]);
  const { facts, threads } = data;
  const rows = columns(intervals, '#+......', ['state', 'thread', 'gap', 'duration', 'site', 'waker', 'woken', 'weight']);
  Object.assign(data, intervalsOf(rows, columns(sites, '++', ['leader', 'stack']), threads, facts.states.indexOf('run'), facts.timeline.unit_ns));
  data.path = columns(path, '++.', ['thread', 'begin', 'duration']);
  data.path.end = data.path.begin.map((begin, i) => begin + data.path.duration[i]);
  Object.assign(data, {
    stacks, samples: columns(samples, '++++', ['time', 'thread', 'stack', 'leader']), weights: weightsOf(weights),
    base: baseStacks && { stacks: baseStacks, weights: weightsOf(baseWeights) },
  });
}

/* The frames of a stack, the outermost first: places in stacks.strings. runtime: with those of libraries, too. */
export function framesOf(stacks, stack, runtime) {
  const frames = [], all = [];
  if (!stack) return frames;
  for (const code of stacks.stacks[stack - 1]) {
    const lines = stacks.codes[code];
    for (let i = 0; i < lines.length; i += 4) {
      const frame = { function: lines[i], file: lines[i + 1], line: lines[i + 2] };
      all.push(frame);
      if (runtime || !lines[i + 3]) frames.push(frame);
    }
  }
  return (frames.length ? frames : all).reverse();
}

export const nameOf = (stacks, place) => (place < 0 ? '[unknown]' : stacks.strings[place]);

/* Weights of waits and samples in a range of time, as rows of weights are: from intervals, so from what was not merged. */
export function weightsIn(data, kind, range) {
  const rows = [];
  const { intervals: t, samples: s, facts } = data;
  if (kind === 'cpu') {
    for (let i = 0; i < s.rows; i++)
      if (s.time[i] >= range[0] && s.time[i] < range[1])
        rows.push({ thread: s.thread[i], state: 0, leader: s.leader[i], stack: s.stack[i], weight: 1, count: 1 });
    return rows;
  }
  const run = facts.states.indexOf('run');
  for (let i = 0; i < t.rows; i++) {
    if (t.end[i] <= range[0] || t.begin[i] >= range[1] || t.state[i] === run || !t.leader[i]) continue;
    rows.push({
      thread: t.thread[i], state: t.state[i], leader: t.leader[i], stack: t.stack[i], count: t.weight[i],
      weight: Math.min(t.end[i], range[1]) - Math.max(t.begin[i], range[0]),
    });
  }
  return rows;
}

export function* weightRows(weights, kinds, kind) {
  const wanted = kinds.indexOf(kind);
  for (let i = 0; i < weights.rows; i++)
    if (weights.kind[i] === wanted)
      yield { thread: weights.thread[i], state: weights.state[i], leader: weights.leader[i], stack: weights.stack[i],
        weight: weights.weight[i], count: weights.count[i] };
}
