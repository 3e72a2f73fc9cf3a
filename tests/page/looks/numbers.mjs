/* What the views show is what the report says: REPORT is the JSON of report --json, SUMS what SQL says of the recording. */
import { readFileSync } from 'node:fs';
import { equal, ok, open, picture, text, view } from './browser.mjs';

const [path, reportPath, sumsPath, name] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportPath, 'utf8')), sums = JSON.parse(readFileSync(sumsPath, 'utf8'));
const { browser, page } = await open(path);

equal('sentence', await text(page, '#sentence'), report.verdict.sentence);
equal('consequence', await text(page, '.consequence'), report.verdict.consequence);
equal('findings', await page.$$eval('.findings li a', (all) => all.map((a) => a.textContent)), report.findings.map((f) => f.words));
const parts = await page.$$eval('.stackbar span', (all) => all.map((p) => Number(p.style.flexGrow)));
ok(`the bar's parts add up to ${parts.reduce((a, b) => a + b, 0)}`, Math.abs(parts.reduce((a, b) => a + b, 0) - 1) < 0.01);
await picture(page, `${name}-first`);

/* locks are cut, and advice is read for the page only */
const own = await page.evaluate(() => Object.fromEntries(Object.entries(window.parprof.report).filter(([k]) => k === 'locks' || k.startsWith('advice'))));
equal('the page has the report', await page.evaluate(() => window.parprof.report), { ...report, ...own });
if (report.locks.length) {
  equal('rows of locks', await text(page, '#view .count'), `${report.locks.length} ${report.locks.length === 1 ? 'row' : 'rows'}`);
  const first = await page.$eval('.table tbody tr:not(.gap)', (row) => row.textContent);
  ok(`the first lock ${report.locks[0].name} in ${first}`, !report.locks[0].name || first.includes(report.locks[0].name.slice(0, 20)));
}

const flame = (kind) => page.evaluate((k) => {
  const { weights, facts } = window.parprof;
  return weights.weight.reduce((sum, w, i) => sum + (weights.kind[i] === facts.kinds.indexOf(k) ? w : 0), 0);
}, kind);
for (const kind of ['cpu', 'wait', 'blame']) equal(`sum of ${kind}`, await flame(kind), sums[kind]);

const lives = await page.evaluate(() => {
  const { intervals: t, threads, firstInterval, facts } = window.parprof;
  const unit = facts.timeline.unit_ns, down = (ns) => Math.floor(ns / unit) * unit;
  return threads.map((thread) => {
    let sum = 0;
    for (let i = firstInterval[thread.place]; i < firstInterval[thread.place + 1]; i++) sum += t.end[i] - t.begin[i];
    return sum - (down(thread.end) - down(thread.begin));
  });
});
equal('lives that intervals do not cover', lives.filter((gap) => gap !== 0).length, 0);
equal('threads', lives.length, sums.threads);

for (const v of await page.$$eval('nav button', (all) => all.map((b) => b.textContent))) {
  await view(page, v);
  ok(`view ${v} is empty`, (await text(page, '#view')).length > 20);
  await picture(page, `${name}-${v.toLowerCase().replace(/ /g, '-')}`, { fullPage: true });
}
await browser.close();
