/*
 * node build.mjs OUT MODULES: bundles main.js and style.css into the template of the page, OUT. MODULES: the
 * node_modules with what package.json names. The policy in its head allows this one script, by its hash, and nothing else.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [out, modules] = process.argv.slice(2);
const { buildSync } = createRequire(resolve(modules, 'x.js'))('esbuild');

function bundle(name) {
  const result = buildSync({
    entryPoints: [join(here, name)], bundle: true, minify: true, write: false, format: 'iife', target: 'es2020',
    nodePaths: [resolve(modules)], legalComments: 'none', charset: 'ascii',
  });
  return result.outputFiles[0].text.trim();
}

const licences = ['preact', 'htm', 'uplot'].map((name) => {
  const { version, license } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})`;
}).join(', ');
const script = bundle('main.js').replaceAll('</script', '<\\/script');
const style = bundle('style.css');
const sha = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const fill = { script: () => script, style: () => style, 'script-hash': () => sha(script), licences: () => licences };
const template = readFileSync(join(here, 'page.html'), 'utf8')
  .replace(/<!--(script|style|script-hash|licences)-->/g, (_, key) => fill[key]());
writeFileSync(out, template);
