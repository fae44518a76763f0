import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parallelMap, Pool } from 'telar';
import { classCases } from './conformance/classes.ts';
import type { Case } from './conformance/case.ts';
import { constructorCases } from './conformance/constructors.ts';
import { importCases } from './conformance/imports.ts';
import { liveClassCases } from './conformance/live-classes.ts';
import { namespaceCases } from './conformance/namespaces.ts';
import { stateCases } from './conformance/state.ts';
import { statementCases } from './conformance/statements.ts';
import { syntaxCases } from './conformance/syntax.ts';
import { valueCases } from './conformance/values.ts';
import { collect, isGenerator } from './harness/collect.ts';
import { census } from '../census.ts';
import { inFull, isLong } from '../harness/long.ts';

census();

const tables: Readonly<Record<string, readonly Case[]>> = {
  syntaxCases,
  statementCases,
  valueCases,
  classCases,
  importCases,
  liveClassCases,
  constructorCases,
  stateCases,
  namespaceCases,
};

/** Values that only threads can have. */
const ofThreads = new Set(['a blob', 'shared memory']);

// Facts about a function are kept after its first capture for the next: on a pool that has not seen it yet.
for (const [time, isolate] of [
  ['first', 'thread'],
  ['second', 'thread'],
  ['third', 'process'],
] as const) {
  const pool = new Pool({ isolate, workers: 1 });
  // The worker is there before the census counts, and until the end of the file.
  before(() => parallelMap([1], (n) => n, { pool }));
  after(() => pool.close());
  for (const [table, cases] of Object.entries(tables)) {
    const options = isolate === 'thread' ? {} : inFull;
    describe(
      `a worker ${isolate} gives what the main thread gives, the ${time} time: ${table}`,
      options,
      () => {
        for (const [at, { title, task, item }] of cases.entries()) {
          // What is kept after a first capture is the same for all: some of each table show that it is right.
          if (time === 'second' && !isLong && at % 12 !== 0) continue;
          if (isolate === 'process' && ofThreads.has(title)) continue;
          it(title, async () => {
            // The values of this moment travel; the call on this thread may change them.
            const onWorker = parallelMap([item], task as (item: unknown) => unknown, { pool });
            const onMain = await collect(await (task as (...parameters: unknown[]) => unknown)(item, 0, {}));
            assert.deepEqual(await onWorker, structuredClone(isGenerator(task) ? onMain : [onMain]));
          });
        }
      },
    );
  }
}

it('covers at least 150 closures', () => {
  assert.ok(Object.values(tables).flat().length >= 150, `${Object.values(tables).flat().length}`);
});
