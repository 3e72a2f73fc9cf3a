/* What a reader does: clicks, keys, search, zoom, dark, links, range, save and reopen. */
import { writeFileSync } from 'node:fs';
import { equal, ok, open, picture, text, view } from './browser.mjs';

const [path, lock] = process.argv.slice(2);
const { browser, page } = await open(path);
const hash = () => page.evaluate(() => location.hash);
const has = async (what, selector) => ok(what, await page.$(selector));

/* a click on a row opens the lock's card, and the address says so */
await page.click(`.table tbody tr:has-text("${lock}")`);
await page.waitForSelector('#card');
ok('the card is of the lock', (await text(page, '#card h3')).includes(lock));
ok(`the address has the lock: ${await hash()}`, /lock=\d+/.test(await hash()));
const linked = await page.evaluate(() => location.href);
await picture(page, 'reader-card', { fullPage: true });

/* sorting, by click and for those who cannot see */
await page.click('th button:has-text("waits")');
equal('sorted', await page.$eval('th:has(button:text-matches("^waits"))', (th) => th.getAttribute('aria-sort')), 'descending');
const counts = await page.$$eval('.table:first-of-type tbody tr:not(.gap)', (rows) => rows.length);
ok(`rows in the document: ${counts}`, counts > 0 && counts < 60);

/* the arrows choose rows */
await page.focus('.table');
const before = await hash();
await page.keyboard.press('End');
await page.waitForFunction((h) => location.hash !== h, before);

/* search: the key, a pattern, out again */
await page.keyboard.press('Escape');
await page.keyboard.press('Escape');
await page.keyboard.press('/');
await page.keyboard.type(lock);
await page.waitForFunction(() => /^\d+ of \d+ rows/.test(document.querySelector('#view .count').textContent));
ok('the search is in the address', (await hash()).includes('search='));
await page.keyboard.press('Escape');
await page.waitForFunction(() => !location.hash.includes('search='));

/* the timeline: zoom, pan, all; a click marks a lock */
await view(page, 'Timeline');
const shown = () => text(page, '#view h2 small');
const whole = await shown();
for (const [key, changes] of [['w', true], ['d', true], ['s', true], ['a', true], ['0', true]]) {
  const was = await shown();
  await page.keyboard.press(key);
  await page.waitForTimeout(150);
  ok(`key ${key} changes nothing`, !changes || key === 'd' || key === 'a' || was !== await shown());
}
equal('all of the timeline', await shown(), whole);
/* a thread neither lives all the time nor does it always something: the first of the first rows that has an interval there */
for (let i = 0; i < 200 && !await page.$('.tip'); i++) {
  await page.hover('.timeline canvas', { position: { x: 600 + i % 40 * 7, y: 30 + Math.floor(i / 40) * 18 } });
  await page.waitForTimeout(20);
}
await page.waitForSelector('.tip');
await page.mouse.wheel(0, -300);
await page.waitForTimeout(200);
ok('the wheel zooms', whole !== await shown());
await page.keyboard.press('0');
await page.waitForTimeout(100);

/* shift and drag: a range, which the other views keep to */
const box = await (await page.$('.timeline canvas')).boundingBox();
await page.keyboard.down('Shift');
await page.mouse.move(box.x + 400, box.y + 40);
await page.mouse.down();
await page.mouse.move(box.x + 700, box.y + 40, { steps: 5 });
await page.mouse.up();
await page.keyboard.up('Shift');
await page.waitForSelector('.chip');
ok(`the address has the range: ${await hash()}`, /range=\d+-\d+/.test(await hash()));
await view(page, 'Locks');
ok('the range is said', (await text(page, '#view h2')).includes('in the range'));
await picture(page, 'reader-range');

/* the flame graph: each kind, inverted, zoomed, out */
await view(page, 'Flame graphs');
await page.keyboard.press('Escape');
await page.waitForFunction(() => !location.hash.includes('range='));
for (const tab of await page.$$('[role=tab]')) {
  await tab.click();
  await page.waitForTimeout(100);
  await has('neither a graph nor a reason', '.flame canvas, #view .empty');
}
await page.click('[role=tab]:has-text("Waiting")');
await page.click('label:has-text("inverted") input');
await page.click('.flame canvas', { position: { x: 60, y: 25 } });
await page.waitForSelector('button:has-text("whole graph")');
await page.keyboard.press('Escape');
await page.waitForFunction(() => !document.querySelector("#view").textContent.includes("whole graph"));

/* dark, keys, numbers */
await page.keyboard.press('t');
equal('dark', await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
await picture(page, 'reader-dark');
await page.keyboard.press('?');
await page.waitForSelector('[role=dialog]');
await page.keyboard.press('Escape');
await page.waitForSelector('[role=dialog]', { state: 'detached' });
await page.keyboard.press('1');
await page.waitForFunction(() => document.querySelector('nav button.on').textContent === 'Locks');
await page.goBack();
await page.waitForFunction(() => document.querySelector('nav button.on').textContent === 'Flame graphs');

/* narrow and wide */
for (const width of [900, 2560]) {
  await page.setViewportSize({ width, height: 900 });
  await page.waitForTimeout(200);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  ok(`${width} px: the page is ${wide} wide`, wide <= width);
  await picture(page, `reader-${width}`);
}

/* what "Save as" writes opens again */
const saved = path.replace('page.html', 'saved.html');
writeFileSync(saved, `<!DOCTYPE html>${await page.evaluate(() => document.documentElement.outerHTML)}`);
const sentence = await text(page, '#sentence');
await browser.close();
const again = await open(saved);
equal('sentence of the saved page', await text(again.page, '#sentence'), sentence);
equal('once', await again.page.$$eval('#answer', (all) => all.length), 1);
await again.browser.close();

/* the link that was copied leads to the same lock; a reader whose system is dark has it dark */
const dark = await open(path, { colorScheme: 'dark' });
equal('dark as the system', await dark.page.evaluate(() => document.documentElement.dataset.theme), 'dark');
await dark.page.goto(linked);
await dark.page.waitForSelector('#card');
ok('the linked lock', (await text(dark.page, '#card h3')).includes(lock));
await dark.browser.close();
