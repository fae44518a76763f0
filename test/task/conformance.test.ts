import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { classCases } from './conformance/classes.ts';
import type { Case } from './conformance/case.ts';
import { importCases } from './conformance/imports.ts';
import { syntaxCases } from './conformance/syntax.ts';
import { valueCases } from './conformance/values.ts';
import { collect } from './harness/collect.ts';
import { resolveTask } from '../../src/task/resolve.ts';
import { TestWorker } from './harness/run-on-worker.ts';

const worker = new TestWorker();
after(() => worker.close());

const tables: Readonly<Record<string, readonly Case[]>> = {
  syntaxCases,
  valueCases,
  classCases,
  importCases,
};

for (const [table, cases] of Object.entries(tables)) {
  describe(`a worker gives what the main thread gives: ${table}`, () => {
    for (const { title, task, item } of cases) {
      it(title, async () => {
        const call = task as (item: unknown) => unknown;
        // The values of this moment travel; the call on this thread may change them.
        const definition = await resolveTask(task);
        const onMain = structuredClone(await collect(await call(item)));
        assert.deepEqual(await worker.call(definition, item), onMain);
      });
    }
  });
}

it('covers at least 150 closures', () => {
  assert.ok(Object.values(tables).flat().length >= 150, `${Object.values(tables).flat().length}`);
});
