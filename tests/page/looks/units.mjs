/* Cells as the page writes them stand in the text report's tables: REPORT is JSON, TABLE its name, TEXT that table, HEAD the question. */
import { readFileSync } from 'node:fs';
import { cell, share } from '../../../reports/page/ui/format.js';

const [reportPath, table, textPath, headPath] = process.argv.slice(3);
const rows = JSON.parse(readFileSync(reportPath, 'utf8'))[table];
const lines = readFileSync(textPath, 'utf8').split('\n');
const columns = [...readFileSync(headPath, 'utf8').matchAll(/^-- columns: (.*)$/gm)].flatMap((m) => m[1].split(','))
  .map((c) => c.trim().split(/\s+/)).map(([key, unit, importance]) => ({ key, unit, importance: Number(importance) }));
let compared = 0;
rows.forEach((row, i) => {
  const texts = columns.filter((c) => c.importance && typeof row[c.key] === 'number').map((c) => cell(row[c.key], c.unit, row)).filter((t) => t);
  compared += texts.length;
  if (!lines.some((l) => texts.every((t) => l.includes(t)))) console.log(`${table}[${i}]: no line has all of ${texts.join(' | ')}`);
});
/* The rare ones that two numbers are as near to: as u_unit.c has them. */
if (share(0.225) !== '22 %' || share(0.235) !== '24 %') console.log(`ties: ${share(0.225)}, ${share(0.235)}`);
if (!compared) console.log(`${table}: nothing was compared`);
