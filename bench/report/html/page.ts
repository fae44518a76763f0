import type { BenchDocument } from '../document.ts';
import type { Machine } from '../machine.ts';
import { renderBars } from './bars.ts';
import { escape } from './escape.ts';
import { renderLines } from './lines.ts';
import { STYLE } from './style.ts';
import { renderCurveNumbers, renderNumbers, renderTable, renderVerdicts } from './tables.ts';

type Answered = BenchDocument['answers'][number];

/** The report of a run as one HTML file, which asks for nothing from anywhere and runs no script. */
export function renderPage(found: BenchDocument): string {
  const { answers, machine, size, seconds, verdicts } = found;
  const links = answers.map(({ name }) => `<a href="#${escape(name)}">${escape(name)}</a>`);
  const goals =
    verdicts.length === 0
      ? ''
      : `<section id="goals"><h2>Figures and goals</h2><p class="soft">The goals are those of the full sizes on two cores.</p>${renderVerdicts(verdicts)}</section>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Telar: the bench</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Telar, beside what one would use instead</h1>
<p>Every contender does the same work, in a process of its own, and all results are compared before anything is timed. Shorter bars are better.</p>
<ul class="key"><li class="telar"><i></i>Telar</li><li class="limit"><i></i>threads written by hand: the limit</li><li class="loop"><i></i>plain loop</li><li class="peer"><i></i>others</li></ul>
${renderMachine(machine, `${size}, in ${seconds} s`)}
<nav>${links.join('')}${goals === '' ? '' : '<a href="#goals">goals</a>'}</nav>
</header>
<main>
${answers.map(renderAnswer).join('\n')}
${goals}
</main>
<footer class="soft">Made by <code>npm run bench -- --html</code>. Times on a busy or virtual machine are worth little: look at how far the rounds lie apart first.</footer>
</body>
</html>
`;
}

function renderMachine(machine: Machine, size: string): string {
  const versions = Object.entries(machine.packages).map((entry) => entry.join(' '));
  const facts = [
    ['Telar', machine.telar],
    ['Node', `${machine.node} (V8 ${machine.v8}), ${machine.system}`],
    ['machine', `${machine.processor}, ${machine.cores} cores, ${machine.memory} GB`],
    ['load before', machine.load.map((load) => load.toFixed(2)).join(' ')],
    ['packages', versions.join(' · ')],
    ['size', size],
  ] as const;
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escape(value)}</dd>`).join('')}</dl>`;
}

function renderAnswer({
  name,
  group,
  question,
  head,
  rows,
  notes,
  contenders = [],
  curves = [],
  limit,
}: Answered): string {
  const table = renderTable(head, rows);
  const numbers = [
    contenders.length > 0 ? renderNumbers(contenders) : '',
    renderCurveNumbers(curves),
    contenders.length > 0 || curves.length > 0 ? table : '',
  ].join('');
  const shown = `${renderLines(curves)}${renderBars(contenders, limit)}`;
  const remarks =
    notes.length === 0
      ? ''
      : `<ul class="notes">${notes.map((note) => `<li>${escape(note)}</li>`).join('')}</ul>`;
  return `<section id="${escape(name)}"><h2>${escape(name)}<small>${escape(group)}</small></h2><p>${escape(question)}</p>${
    shown === '' ? table : `${shown}<details><summary>the numbers</summary>${numbers}</details>`
  }${remarks}</section>`;
}
