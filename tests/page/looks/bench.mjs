/* Times in ms, medians: until the first screen is drawn, until all has been read, a zoom of the timeline, a made flame graph of 50 k nodes, a table of 10 k rows. */
import { open, view } from './browser.mjs';

const [path, rounds] = process.argv.slice(2);
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const times = { first: [], open: [], zoom: [], flame: [], table: [], sort: [] };

/* From a call to the frame after the one it is drawn in. */
const drawn = (page, act) => page.evaluate((body) => new Promise((done) => {
  const begin = performance.now();
  new Function(body)();
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
}), act);

/* 50,000 nodes: 500 paths of 100 frames, all different. */
const deep = `const d = window.parprof, strings = [], codes = [], stacks = [], n = 500;
  for (let i = 0; i < n; i++) { const s = []; for (let k = 0; k < 100; k++) { strings.push('f' + i + '_' + k); codes.push([strings.length - 1, -1, 0, 0]); s.push(codes.length - 1); } stacks.push(s); }
  d.stacks = { strings, codes, stacks };
  const of = (f) => Float64Array.from({ length: n }, (_, i) => f(i));
  d.weights = { rows: n, kind: of(() => 0), thread: of(() => 0), state: of(() => 0), leader: of(() => 0), stack: of((i) => i + 1), weight: of((i) => 1 + i % 7), count: of(() => 1) };`;
const long = `const d = window.parprof, row = d.report.locks[0]; d.report.locks = Array.from({ length: 10000 }, (_, i) => ({ ...row, leader: i + 1, name: 'lock ' + i, wait_ns: (i * 7919) % 10000 }));`;

for (let i = 0; i < Number(rounds); i++) {
  const { browser, page } = await open(path);
  for (const [what, mark] of [['first', 'first-screen'], ['open', 'opened']])
    times[what].push(await page.evaluate((name) => performance.getEntriesByName(name)[0].startTime, mark));
  await view(page, 'Timeline');
  for (let k = 0; k < 5; k++) times.zoom.push(await drawn(page, `document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '${'wwsss'[k]}', bubbles: true }))`));
  await page.evaluate(deep);
  await page.evaluate(() => { location.hash = '#view=flame&flame=wait'; });
  await page.waitForSelector('[role=tab]');
  times.flame.push(await drawn(page, `document.querySelector('[role=tab]').click()`));
  await page.evaluate(long);
  times.table.push(await drawn(page, `[...document.querySelectorAll('nav button')].find((b) => b.textContent === 'Locks').click()`));
  times.sort.push(await drawn(page, `document.querySelector('.table th:nth-child(4) button').click()`));
  await browser.close();
}
for (const [what, list] of Object.entries(times)) console.log(what, Math.round(median(list)));
