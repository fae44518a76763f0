import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { serialize } from 'node:v8';
import fc from 'fast-check';
import { readGraph } from '../../src/task/definition/graph-bytes.ts';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { reviveTask } from '../../src/task/revive-task.ts';
import { TestWorker } from './harness/run-on-worker.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

const worker = new TestWorker();
after(() => worker.close());

class Pair {
  readonly left: unknown;
  readonly right: unknown;
  constructor(left: unknown, right: unknown) {
    this.left = left;
    this.right = right;
  }
  swap(): Pair {
    return new Pair(this.right, this.left);
  }
}

const { leaf, plain } = fc.letrec<{ leaf: unknown; plain: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withTypedArray: true,
      withSparseArray: true,
      maxDepth: 1,
    }),
    fc.constantFrom(undefined, null, Number.NaN, -0, Infinity, Symbol.for('telar.test'), Symbol.iterator),
    fc.string({ unit: 'binary' }),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  ),
  plain: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.array(tie('plain'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('plain'), { maxKeys: 4 }),
    fc.array(fc.tuple(tie('plain'), tie('plain')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('plain'), { maxLength: 3 }).map((values) => new Set(values)),
    fc.tuple(tie('plain'), tie('plain')).map(([left, right]) => new Pair(left, right)),
    tie('plain').map((value) => ({ read: () => value })),
    tie('plain').map((value) => Object.freeze({ value })),
    tie('plain').map((value) => Object.assign(Object.create(null) as object, { value })),
    tie('plain').map((value) => [value, value]),
    tie('plain').map((value) => {
      const ring: { value: unknown; self?: unknown } = { value };
      ring.self = ring;
      return ring;
    }),
  ),
}));

/** Describes a value as text that two threads can compare: kinds, shapes, flags, shared references. */
const describeValue = (root: unknown): string => {
  const seen = new Map<unknown, number>();
  const visit = (value: unknown): string => {
    if (typeof value === 'symbol') return String(value);
    if (typeof value === 'function') return `function(${visit((value as () => unknown)())})`;
    if (typeof value !== 'object' || value === null)
      return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
    const known = seen.get(value);
    if (known !== undefined) return `#${known}`;
    seen.set(value, seen.size);
    const prototype = Object.getPrototypeOf(value) as { constructor?: { name: string } } | null;
    const parts = Reflect.ownKeys(value)
      .filter((key) => !(ArrayBuffer.isView(value) && typeof key === 'string'))
      .map((key) => `${String(key)}: ${visit(Reflect.get(value, key))}`);
    if (value instanceof Map)
      for (const [key, entry] of value) parts.push(`${visit(key)} => ${visit(entry)}`);
    if (value instanceof Set) for (const entry of value) parts.push(visit(entry));
    if (value instanceof Date) parts.push(String(value.getTime()));
    if (ArrayBuffer.isView(value))
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex'));
    if (value instanceof Number || value instanceof String || value instanceof Boolean)
      parts.push(String(value));
    return `${prototype?.constructor?.name ?? 'null'}${Object.isFrozen(value) ? '!' : ''}{${parts.join(', ')}}`;
  };
  return visit(root);
};

describe('captured values', () => {
  it('are on a worker what they are here, whatever they are', async () => {
    const property = fc.asyncProperty(plain, leaf, async (value, other) => {
      const both = [value, other, value];
      const task = (): string => describeValue(both);
      assert.equal(await worker.run(task), task());
    });
    await assertProperty(property, { seed: 20_240_501, numRuns: sample(75, 3000) });
  });

  it('can be captured again where they were revived', async () => {
    const property = fc.asyncProperty(plain, async (value) => {
      const task = (): unknown => value;
      const once = await reviveTask(await resolveTask(task));
      const twice = await reviveTask(await resolveTask(once));
      assert.equal(describeValue(twice(undefined, 0, undefined)), describeValue(value));
    });
    await assertProperty(property, { seed: 7, numRuns: sample(40, 1500) });
  });

  it('are captured as the same graph each time', async () => {
    const property = fc.asyncProperty(plain, async (value) => {
      const task = (): unknown => value;
      const [one, other] = [await resolveTask(task), await resolveTask(task)];
      assert.ok(one.kind === 'captured' && other.kind === 'captured');
      // V8 writes the same array in another form, once it is of the kind that may have holes.
      assert.deepEqual(readGraph(one.graph), readGraph(other.graph));
      // The time that it took is told, and differs.
      const apart = { graph: undefined, cost: undefined };
      assert.deepEqual(serialize({ ...one, ...apart }), serialize({ ...other, ...apart }));
    });
    await assertProperty(property, { seed: 11, numRuns: sample(25, 500) });
  });
});
