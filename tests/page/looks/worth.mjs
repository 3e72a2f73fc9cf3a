/* What the page says of making the program parallel, against parprof advise --json. */
import { readFileSync } from 'node:fs';
import { equal, ok, open, picture, text, view } from './browser.mjs';

const [path, file] = process.argv.slice(2);
const advice = JSON.parse(readFileSync(file));
const { browser, page } = await open(path);
await view(page, 'Worth it?');
equal('sentence', await text(page, '#view p b'), advice.verdict.sentence);
const rows = await page.$$eval('#view .table', (tables) => tables.map((t) => t.querySelectorAll('tbody tr:not(.gap)').length));
equal('rows of estimates, candidates, functions, uses, waiting and children', rows, [advice.estimates.length, advice.parts.length, advice.functions.length, advice.uses.length, advice.waiting.length, advice.children.length].filter((n) => n));
const evidence = await text(page, '#view dl.facts');
for (const part of advice.parts.filter((p) => p.divided)) ok(`the evidence of ${part.function}`, evidence.includes(part.evidence));
await picture(page, 'worth', { fullPage: true });
await browser.close();
