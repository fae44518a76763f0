import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { census } from '../census.ts';
import { runProgram } from '../harness/program.ts';

census();

const modules = {
  telar: import.meta.resolve('telar'),
  tasks: new URL('../fixtures/tasks/computes.js', import.meta.url).href,
  endless: new URL('../fixtures/tasks/never-returns.js', import.meta.url).href,
};

/** Runs a program that must come to its end by itself: one that hangs runs into the time limit of the runner. */
function run(body: string): Promise<string> {
  const program = `
    import { parallelMap, parallelMapIterable, parallelMapSettled, Pool } from ${JSON.stringify(modules.telar)};
    import { double, echo } from ${JSON.stringify(modules.tasks)};
    import { neverSettles } from ${JSON.stringify(modules.endless)};
    ${body}
  `;
  return runProgram(process.execPath, ['--input-type=module', '--eval', program]);
}

describe('the process ends by itself, with exit code 0,', () => {
  const programs: readonly [title: string, body: string, output: string][] = [
    ['when nothing was run', `new Pool({ workers: 2 }); parallelMapIterable([1], double);`, ''],
    ['after a call', `console.log(await parallelMap([1, 2], double));`, '[ 2, 4 ]\n'],
    [
      'after a call on a pool that nobody closed',
      `console.log(await parallelMap([1, 2], double, { pool: new Pool({ workers: 2 }) }));`,
      '[ 2, 4 ]\n',
    ],
    [
      'after a failure',
      `await parallelMap([() => {}], double).catch(({ name }) => console.log(name));`,
      'CloneError\n',
    ],
    [
      'after a break',
      `for await (const value of parallelMapIterable([1, 2, 3], double)) { console.log(value); break; }`,
      '2\n',
    ],
    [
      'after an iterator was abandoned without a break',
      `function* endless() { for (let item = 0; ; item++) yield item; }
       const reader = parallelMapIterable(endless(), double)[Symbol.asyncIterator]();
       console.log((await reader.next()).value);`,
      '0\n',
    ],
    [
      'after an abort of a task that never settles',
      `const controller = new AbortController();
       const results = parallelMap([-1], neverSettles, { signal: controller.signal });
       setTimeout(() => controller.abort('enough'), 50);
       await results.catch(console.log);`,
      'enough\n',
    ],
    [
      'after a timeout',
      `const [outcome] = await parallelMapSettled([-1], neverSettles, { timeout: 20 });
       console.log(outcome.reason.name);`,
      'TaskTimeoutError\n',
    ],
    [
      'after a pool was closed with calls in progress',
      `const pool = new Pool({ workers: 2 });
       const results = parallelMap([1, 2, 3], echo, { pool });
       await pool.close();
       console.log(await results);`,
      '[ 1, 2, 3 ]\n',
    ],
    [
      'after a call that nobody awaits',
      `parallelMap([1, 2, 3], double, { onSummary: ({ items }) => console.log(items) });`,
      '3\n',
    ],
  ];
  for (const [title, body, output] of programs) {
    it(title, async () => {
      assert.equal(await run(body), output);
    });
  }
});
