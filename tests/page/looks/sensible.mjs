/* A page of something unusual: every view says something, and nothing of what programs are called is markup. */
import { equal, ok, open, picture, text, view } from './browser.mjs';

const [path, name] = process.argv.slice(2);
const { browser, page } = await open(path);
ok('there is a sentence', (await text(page, '#sentence')).length > 10);
ok('what the cores did, or why it is not known', await page.$('.stackbar, #answer .empty'));
await picture(page, `${name}-first`);
await page.setViewportSize({ width: 900, height: 900 });
for (const v of await page.$$eval('nav button', (all) => all.map((b) => b.textContent))) {
  await view(page, v);
  ok(`view ${v} is empty`, (await text(page, '#view')).length > 20);
  ok(`view ${v} is wider than the window`, await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
  ok(`view ${v} has words between the cells of a table`, !(await page.$$eval('#view :is(table, tbody, tr)', (all) =>
    all.some((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim())))));
  equal(`columns without words in view ${v}`, await page.$$eval('#view .table table', (all) => all.flatMap((t) => {
    const rows = [...t.querySelectorAll('tbody tr:not(.gap)')], gaps = t.querySelector('tr.gap');
    return gaps ? [] : [...t.querySelectorAll('th')].filter((_, i) => rows.every((r) => !r.cells[i].textContent)).map((h) => h.textContent);
  })), []);
  ok(`processes without a life in view ${v}`, await page.$$eval('.track', (all) => all.every((t) => t.querySelector('b'))));
  ok(`view ${v} has more than 3000 elements`, (await page.$$eval('#view *', (all) => all.length)) < 3000 || v === 'Source' || v === 'Flame graphs');
}
equal('scripts', await page.$$eval('script:not([type])', (all) => all.length), 1);
equal('markup of the program', await page.$$eval('hostile, img', (all) => all.length), 0);
ok('a script of the program ran', !(await page.evaluate(() => window.hostile)));
await browser.close();
