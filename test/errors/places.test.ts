import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ndjson, toNdjson } from 'telar/files';
import { CloneError, parallelMap, parallelMapSettled, pipeline, TaskError, WorkerError } from 'telar';
import { parallelMapInto, parallelReduce } from 'telar/memory';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

// Workers that a test has ended are there again before the next one.
census({
  settle: async () => void (await parallelMap([0, 1], (n) => n, { pool, chunkSize: 1 })),
  patience: 10_000,
});
const pool = usePool();
let folder = '';
before(async () => (folder = await makeFolder('places')));
after(() => removeFolder(folder));

/** Names that `String.replace` would read as its own. */
const NAMES = ['a$$b', 'in $&', "$'", '$`', '$1', 'Item 1'];

function exitOnTwo(n: number): number {
  if (n === 2) process.exit(3);
  return n;
}

function throwOnTwo(n: number): number {
  if (n === 2) throw new Error("pays $& and $'");
  return n;
}

async function fail(call: Promise<unknown>): Promise<Error> {
  const reason = await catchReason(call);
  assert.ok(reason instanceof Error);
  assert.ok(reason.stack?.startsWith(`${reason.name}: ${reason.message}\n`), reason.stack);
  return reason;
}

describe('an error says where its item is, as it is called', () => {
  for (const name of NAMES) {
    it(`by the name of the stage: ${name}`, async () => {
      for (const [task, text] of [
        [exitOnTwo, 'the worker exited with code 3 while it ran it.'],
        [throwOnTwo, "Error: pays $& and $'"],
      ] as const) {
        const error = await fail(pipeline([1, 2]).cpu(task, { name }).toArray({ pool }));
        assert.equal(error.message, `Item 1 (in ${name}) failed: ${text}`);
        assert.equal((error as TaskError).stage, name);
      }
    });

    it(`by the name of the file: ${name}`, async () => {
      const file = join(folder, `${name}.ndjson`);
      writeFileSync(file, '1\n2\n3\n');
      for (const task of [exitOnTwo, throwOnTwo]) {
        const error = (await fail(pipeline(ndjson<number>(file)).cpu(task).toArray({ pool }))) as TaskError;
        assert.ok(error.message.startsWith(`${file}:2 (in ${task.name}) failed: `), error.message);
        assert.deepEqual([error.file, error.line, error.index, error.item], [file, 2, 1, "'2'"]);
      }
    });
  }

  it('by its stage where it cannot be cloned', async () => {
    const parse = (n: unknown): unknown => n;
    const error = await fail(
      pipeline([1, () => {}])
        .cpu(parse)
        .toArray({ pool }),
    );
    assert.match(error.message, /^Item 1 \(in parse\) cannot cross to a worker: it is a function\. /);
    assert.ok(error instanceof CloneError);
    assert.deepEqual([error.index, error.stage], [1, 'parse']);
  });

  it('by the time limit of its stage', async () => {
    const error = await fail(
      pipeline([1])
        .cpu((n: number) => n, { timeout: 60_000 })
        .cpu(() => new Promise<number>(() => setInterval(() => {}, 1000)), { name: 'slow', timeout: 50 })
        .toArray({ pool }),
    );
    assert.equal(error.message, 'Item 0 (in slow) ran longer than 50 ms and was stopped.');
  });
});

describe('an error of a typed array names elements, never blocks', () => {
  it('the one that threw', async () => {
    const numbers = Float64Array.from({ length: 10_000 }, (_, at) => at);
    const task = (x: number): number => {
      if (x === 5_431) throw new Error('$& no');
      return x;
    };
    const fold = { init: () => 0, step: (sum: number, x: number) => sum + task(x), merge: (a: number) => a };
    for (const call of [
      () => parallelMapInto(numbers, numbers.slice(), task, { pool }),
      () => parallelReduce(numbers, fold, { pool }),
    ]) {
      const error = (await fail(call())) as TaskError;
      assert.equal(error.message, 'Element 5431 failed: Error: $& no');
      assert.deepEqual([error.index, error.item], [5_431, '5431']);
    }
  });

  it('those of which one ended the worker', async () => {
    const few = Float64Array.from({ length: 10 }, (_, at) => at);
    const exit = (x: number): number => {
      if (x === 7 || x === 7_000) process.exit(9);
      return x;
    };
    const fold = {
      init: () => 0,
      step: (sum: number, x: number) => sum + exit(x),
      merge: (a: number, b: number) => a + b,
    };
    for (const call of [
      () => parallelMapInto(few, few.slice(), exit, { pool }),
      () => parallelReduce(few, fold, { pool }),
    ]) {
      const error = await fail(call());
      assert.equal(error.message, 'Element 7 failed: the worker exited with code 9 while it ran it.');
    }
    const many = Float64Array.from({ length: 10_000 }, (_, at) => (at === 7 ? 0 : at));
    const error = await fail(parallelReduce(many, fold, { pool }));
    assert.ok(error instanceof WorkerError);
    assert.equal(
      error.message,
      'One of the elements 7000 to 7039 failed: the worker exited with code 9 while it ran it.',
    );
    assert.equal(error.index, 7_000);
  });

  it('those whose value cannot be cloned', async () => {
    const numbers = new Float64Array(1000);
    const fold = { init: () => () => 0, step: (sum: () => number) => sum, merge: (sum: () => number) => sum };
    const error = await fail(parallelReduce(numbers, fold, { pool }));
    assert.match(error.message, /^The result of one of the elements \d+ to \d+ cannot cross back/);
  });
});

describe('an error of an item carries it', () => {
  it('as a text of at most 200 characters that is not enumerable', async () => {
    const items = [
      { id: 1, name: 'x'.repeat(1000) },
      Array.from({ length: 500 }, (_, at) => `row ${at}`),
      'text',
    ];
    const outcomes = await parallelMapSettled(
      items,
      (): never => {
        throw new Error('no');
      },
      { pool },
    );
    const shown = outcomes.map(
      (outcome) => outcome.status === 'rejected' && (outcome.reason as TaskError).item,
    );
    assert.match(String(shown[0]), /^\{ id: 1, name: 'x+…' \}$/);
    assert.match(String(shown[1]), /^\['row 0', 'row 1', .*… 492 more\]$/);
    assert.equal(shown[2], "'text'");
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskError);
      assert.ok((outcome.reason.item?.length ?? 0) <= 200);
      assert.ok(!Object.keys(outcome.reason).includes('item'));
      assert.equal(outcome.reason.toJSON()['item'], outcome.reason.item);
    }
  });

  it('in stages on the event loop, with the line of the call, and where it cannot be encoded', async () => {
    const call = pipeline([{ id: 7 }])
      .io(
        (): never => {
          throw new Error('no');
        },
        { name: 'fetch' },
      )
      .toArray();
    const error = (await fail(call)) as TaskError;
    assert.equal(error.message, 'Item 0 (in fetch) failed: Error: no');
    assert.equal(error.item, '{ id: 7 }');
    assert.match(error.stack?.split('\n')[1] ?? '', /places\.test/);
    const encoded = (await fail(
      pipeline([{ id: 7n }])
        .io((row) => row)
        .to(toNdjson(join(folder, 'out.ndjson'))),
    )) as TaskError;
    assert.equal(encoded.item, '{ id: 7n }');
    assert.match(encoded.stack ?? '', /places\.test/);
  });

  it('also in its last try, and where its worker died', async () => {
    const tried = (await fail(
      parallelMap([5], () => Promise.reject(new Error('no')), { pool, retries: 2 }),
    )) as TaskError;
    assert.deepEqual([tried.item, tried.attempts], ['5', 3]);
    const dead = (await fail(parallelMap([2], exitOnTwo, { pool }))) as TaskError;
    assert.equal(dead.item, '2');
  });

  it('without running its getters or traps', async () => {
    let reads = 0;
    const item = {
      get own() {
        reads++;
        return 1;
      },
    };
    const [outcome] = await parallelMapSettled(
      [item],
      (): never => {
        throw new Error('no');
      },
      { pool },
    );
    const readsToClone = reads;
    assert.ok(outcome?.status === 'rejected');
    assert.equal((outcome.reason as TaskError).item, '{ own: [getter] }');
    assert.equal(reads, readsToClone);
  });
});
