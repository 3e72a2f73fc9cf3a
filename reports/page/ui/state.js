/* What the reader looks at, in one place: the hash of the address is made of it, so that it can be sent. */
import { useEffect, useState } from 'preact/hooks';

const listeners = new Set();
const known = { view: 'locks', lock: 0, thread: -1, range: null, search: '', flame: 'wait' };
let current = { ...known };

function read() {
  const next = { ...known };
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key === 'range') {
      const range = value.split('-').map(Number);
      if (range.length === 2 && range[0] < range[1]) next.range = range;
    } else if (key in known) next[key] = typeof known[key] === 'number' ? Number(value) || known[key] : value;
  }
  return next;
}

function write(state) {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(state))
    if (value !== known[key]) out.set(key, key === 'range' ? value.map(Math.round).join('-') : value);
  return out.toString();
}

/* A change of view is a step back in the browser's history; the rest is not. */
export function change(part) {
  const before = current;
  current = { ...current, ...part };
  const hash = `#${write(current)}`;
  if (hash !== location.hash) {
    if (before.view !== current.view) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  }
  for (const listener of listeners) listener(current);
}

export function start() {
  const again = () => {
    current = read();
    for (const listener of listeners) listener(current);
  };
  again();
  window.addEventListener('popstate', again);
  window.addEventListener('hashchange', again);
}

export const now = () => current;

export function useLook() {
  const [look, set] = useState(current);
  useEffect(() => {
    listeners.add(set);
    return () => listeners.delete(set);
  }, []);
  return look;
}
