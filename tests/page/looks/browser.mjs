/* A page in Chromium: what it asks the network for, says on the console, or throws, is wrong. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const { chromium } = await import(process.env.PLAYWRIGHT);

export const wrong = (...words) => console.log(words.join(' '));
export const equal = (what, got, wanted) => JSON.stringify(got) === JSON.stringify(wanted) || wrong(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
export const ok = (what, is) => is || wrong(what);

export async function open(path, options = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext({ viewport: { width: 1300, height: 900 }, colorScheme: 'light', ...options });
  const page = await context.newPage();
  page.on('console', (m) => m.type() === 'error' && wrong('console:', m.text()));
  page.on('pageerror', (e) => wrong('error:', e.message));
  page.on('request', (r) => r.url().startsWith('file:') || r.url().startsWith('data:') || r.url().startsWith('blob:') || wrong('asks for', r.url()));
  page.on('dialog', (d) => { wrong('a dialog:', d.message()); d.dismiss(); });
  await page.goto(`file://${path}`);
  await page.waitForFunction(() => document.documentElement.dataset.ready, { timeout: 60000 });
  return { browser, page };
}

export async function view(page, name) {
  await page.click(`nav button:has-text("${name}")`);
  await page.waitForFunction((n) => document.querySelector('nav button.on').textContent === n, name);
}

export const text = (page, selector) => page.$eval(selector, (e) => e.textContent);

/* For people to look at. */
export async function picture(page, name, options = {}) {
  if (!process.env.ARTEFACTS) return;
  mkdirSync(process.env.ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(process.env.ARTEFACTS, `${name}.png`), ...options });
}
