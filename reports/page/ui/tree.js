/* The tree of a flame graph: nodes are numbers, what they are is in columns. Walks are loops, as stacks may be deep. */
const MOST_DEPTH = 400;

/* An array of numbers that grows. */
function grown(array, room) {
  const more = new array.constructor(room);
  more.set(array);
  return more;
}

/* Where a node with that parent and name would be among the slots. */
const placeIn = (parent, name) => (Math.imul(parent, 0x9e3779b1) ^ Math.imul(name, 0x85ebca6b)) >>> 7;

/*
 * Node 0 is the root. name, file: places in strings, then in more; line 0: not known; value, and before: of the other
 * recording; first and next: a node's children, in no order, 0: none. slot: nodes by parent and name.
 */
export class Tree {
  constructor(strings, nodes) {
    const room = 2 ** Math.ceil(Math.log2(Math.max(1024, nodes)));
    this.strings = strings;
    this.more = [];
    this.place = new Map(); /* of those in more */
    this.count = 0;
    this.parent = new Int32Array(room);
    this.name = new Int32Array(room);
    this.file = new Int32Array(room);
    this.line = new Int32Array(room);
    this.first = new Int32Array(room);
    this.next = new Int32Array(room);
    this.value = new Float64Array(room);
    this.before = new Float64Array(room);
    this.slot = new Int32Array(4 * room);
    this.append(-1, this.nameAt('all'), -1, 0);
  }

  /* Of a name that need not be in strings. */
  nameAt(name) {
    let at = this.place.get(name);
    if (at === undefined) {
      at = this.strings.length + this.more.push(name) - 1;
      this.place.set(name, at);
    }
    return at;
  }

  string(at) {
    return at < this.strings.length ? this.strings[at] : this.more[at - this.strings.length];
  }

  append(parent, name, file, line) {
    const node = this.count++;
    this.parent[node] = parent;
    this.name[node] = name;
    this.file[node] = file;
    this.line[node] = line;
    if (parent >= 0) {
      this.next[node] = this.first[parent];
      this.first[parent] = node;
    }
    return node;
  }

  grow() {
    const room = 2 * this.name.length, mask = 4 * room - 1;
    for (const key of ['parent', 'name', 'file', 'line', 'first', 'next', 'value', 'before']) this[key] = grown(this[key], room);
    this.slot = new Int32Array(4 * room);
    for (let node = 1; node < this.count; node++) {
      let at = placeIn(this.parent[node], this.name[node]) & mask;
      while (this.slot[at]) at = at + 1 & mask;
      this.slot[at] = node;
    }
  }

  /* 0: there is none. */
  childNamed(parent, name) {
    let child = this.first[parent];
    while (child && this.nameOf(child) !== name) child = this.next[child];
    return child;
  }

  /* frames: name, file, line of each, the outermost first. before: it is of the other recording. */
  add(frames, value, before) {
    const end = Math.min(frames.length, 3 * MOST_DEPTH);
    while (this.count + end > this.name.length) this.grow();
    const { slot, name, parent } = this, sums = before ? this.before : this.value, mask = slot.length - 1;
    let node = 0;
    sums[0] += value;
    for (let i = 0; i < end; i += 3) {
      const wanted = frames[i];
      let at = placeIn(node, wanted) & mask, child = slot[at];
      while (child && (parent[child] !== node || name[child] !== wanted)) {
        at = at + 1 & mask;
        child = slot[at];
      }
      if (!child) slot[at] = child = this.append(node, wanted, frames[i + 1], frames[i + 2]);
      sums[child] += value;
      node = child;
    }
  }

  nameOf(node) {
    return this.string(this.name[node]);
  }

  placeOf(node) {
    return this.line[node] > 0 ? `${this.string(this.file[node])}:${this.line[node]}` : '';
  }

  /* Those with a value, the widest first. */
  children(node) {
    const only = this.first[node], list = [];
    if (only && !this.next[only]) return this.value[only] ? [only] : list;
    for (let child = this.first[node]; child; child = this.next[child]) if (this.value[child]) list.push(child);
    if (list.length > 1) list.sort((a, b) => this.value[b] - this.value[a] || a - b);
    return list;
  }

  /* What is at or below nodes whose name is wanted, as a share of all. */
  matched(wanted) {
    const is = wantedNames(this, wanted), open = [0];
    let sum = 0;
    while (open.length) {
      const node = open.pop();
      if (is(node)) sum += this.value[node];
      else for (let child = this.first[node]; child; child = this.next[child]) open.push(child);
    }
    return this.value[0] ? sum / this.value[0] : 0;
  }
}

/* Whether a node's name is what is looked for; each name is looked at once. */
export function wantedNames(tree, wanted) {
  const known = new Int8Array(tree.strings.length + tree.more.length);
  return (node) => {
    const name = tree.name[node];
    if (!known[name]) known[name] = wanted.test(tree.string(name)) ? 1 : -1;
    return known[name] > 0;
  };
}

/* Where the tree has a recording's strings: its own, or, of another recording, the same words. */
function placesIn(tree, stacks) {
  if (stacks.strings === tree.strings) return (at) => at;
  const own = new Map(tree.strings.map((name, at) => [name, at]));
  return (at) => {
    const place = own.get(stacks.strings[at]);
    return place === undefined ? tree.nameAt(stacks.strings[at]) : place;
  };
}

/* The frames of a stack as add() takes them; runtime: with those of libraries. */
function framesOf(tree, stacks, placeOf, stack, runtime) {
  const frames = [], codes = stack ? stacks.stacks[stack - 1] : [], placed = (at) => (at < 0 ? tree.nameAt('[unknown]') : placeOf(at));
  for (let c = codes.length - 1; c >= 0; c--) {
    const lines = stacks.codes[codes[c]];
    for (let i = lines.length - 4; i >= 0; i -= 4)
      if (runtime || !lines[i + 3]) frames.push(placed(lines[i]), placed(lines[i + 1]), lines[i + 2]);
  }
  if (!frames.length && codes.length && !runtime) return framesOf(tree, stacks, placeOf, stack, true);
  return Int32Array.from(frames.length ? frames : [tree.nameAt('[no stack]'), -1, 0]);
}

function reversed(frames) {
  const out = new Int32Array(frames.length);
  for (let i = 0; i < frames.length; i += 3) out.set(frames.subarray(i, i + 3), frames.length - 3 - i);
  return out;
}

/* What the graph stands on: a thread, state or lock below the stacks when asked for. */
function baseOf(data, row, by) {
  if (by === 'thread') return (data.threads[row.thread] || {}).name || 'unknown thread';
  if (by === 'state') return data.facts.state_words[row.state];
  if (by === 'lock') return row.leader ? (data.lock.get(row.leader) || {}).name || `lock ${row.leader}` : '(no lock)';
  return null;
}

/* rows: of data.js. stacks: those the rows speak of. Only some threads, locks, states: keep. */
export function fill(tree, data, stacks, rows, wanted, keep, before) {
  const known = new Map(), placeOf = placesIn(tree, stacks);
  for (const row of rows) {
    if (!keep(row)) continue;
    let frames = known.get(row.stack);
    if (!frames) {
      frames = framesOf(tree, stacks, placeOf, row.stack, wanted.runtime);
      known.set(row.stack, frames = wanted.invert ? reversed(frames) : frames);
    }
    const base = wanted.by ? baseOf(data, row, wanted.by) : null;
    tree.add(base === null ? frames : Int32Array.of(tree.nameAt(base), -1, 0, ...frames), row.weight, before);
  }
}

/* About how many nodes they will be. */
export const nodesOf = (stacks) => stacks.stacks.reduce((sum, codes) => sum + codes.length, 0);
