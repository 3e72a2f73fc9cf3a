/* Units of columns, as the text report prints them. */

/* As printf rounds, to the even one of two that are as near: toFixed takes the larger. Ties are multiples of 1/8 (up to two digits). */
function fixed(x, digits) {
  const scaled = Math.abs(x) * 10 ** digits;
  const tie = Number.isInteger(x * 8) && scaled % 1 === 0.5;
  return (tie ? Math.sign(x) * 2 * Math.round(scaled / 2) / 10 ** digits : x).toFixed(digits);
}

const three = (x) => {
  const size = Math.abs(x);
  return fixed(x, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
};

/* Three significant digits in the largest unit that fits. 0.9995: 1000 of a unit is 1.00 of the next. */
function quantity(x, units) {
  const size = Math.abs(x);
  const [from, name] = units.find(([least]) => size >= least * 0.9995) || units[units.length - 1];
  const scaled = x / (from || 1);
  return (Number.isInteger(scaled) ? fixed(scaled, 0) : three(scaled)) + name;
}

export const ns = (x) => quantity(Math.round(x), [[1e9, ' s'], [1e6, ' ms'], [1e3, ' \u00b5s'], [0, ' ns']]);
export const count = (x) => (Math.abs(x) >= 1e6 ? quantity(x, [[1e9, 'G'], [1e6, 'M']]) : String(Math.round(x)));
export const bytes = (x) => quantity(x, [[1e9, ' GB'], [1e6, ' MB'], [1e3, ' kB'], [0, ' B']]);

/* Of memory and caches: 32 kB are 32768 bytes. */
export function size(x) {
  const names = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = x, i = 0;
  for (; value >= 1024 && i < names.length - 1; i++) value /= 1024;
  return `${value < 999.5 ? Number(fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2)) : Math.round(value)} ${names[i]}`;
}

export function share(x) {
  const percent = 100 * x;
  if (percent > 0 && percent < 0.01) return '<0.01 %';
  return `${fixed(percent, percent >= 9.95 || percent === 0 ? 0 : percent >= 0.1 ? 1 : 2)} %`;
}

/* How many times as fast. */
export const times = (x) => `${fixed(x, x >= 9.95 ? 0 : x < 1.995 ? 2 : 1)}\u00d7`;
const ratio = (x) => `${three(x)}\u00d7`;
const file = (place) => String(place).replace(/^.*\//, '');

function date(x) {
  return new Date(x / 1e6).toISOString().replace('T', ' ').slice(0, 19);
}

/* Template arguments and parameters are long, and seldom what one looks for. */
export function brief(name) {
  let out = String(name), before;
  do {
    before = out;
    out = out.replace(/<[^<>\u2026]{8,}>/g, '<\u2026>');
  } while (out !== before);
  return out.length > 120 ? `${out.slice(0, 119)}\u2026` : out;
}

const signals = ['', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM', 'STKFLT',
  'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'POLL', 'PWR', 'SYS'];
const status = (x) => (x & 127 ? `SIG${signals[x & 127] || x & 127}` : `exit ${x >> 8}`);

/* A number whose unit is in the row. */
function measured(x, row) {
  if (row.unit === 'ns') return ns(x);
  if (row.unit === 'share') return share(x);
  return Math.abs(x) < 1000 && !Number.isInteger(x) ? three(x) : count(x);
}

/* As the units of unit.c, which tests compare. row: what else is known of it. */
const units = {
  text: String, tree: String, function: brief, place: file, ns, share, count, ratio, band: ratio, gain: times, bytes, size, id: String, level: String, date,
  held: (x, row) => (row.hold_sampled ? '~' : '') + ns(x), times: (x) => (x > 1 ? `\u00d7${x}` : ''), lanes: (x) => fixed(x, 2),
  rate: (x) => `${bytes(x)}/s`, flag: (x) => (x ? 'yes' : 'no'), number: three, quantity: measured, status,
};
const lefts = new Set(['text', 'tree', 'function', 'place', 'date', 'status']);

export const isLeft = (unit) => lefts.has(unit);

export function cell(value, unit, row) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return unit === 'place' ? file(value) : unit === 'function' ? brief(value) : value;
  return (units[unit] || ((x) => (typeof x === 'number' && !Number.isInteger(x) ? three(x) : String(x))))(value, row || {});
}
