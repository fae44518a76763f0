import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findUncloneable } from '../../src/wire/values/uncloneable.ts';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

const handler = (): void => {};

describe('findUncloneable', () => {
  it('finds nothing in what can be cloned', () => {
    assertProperty(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withTypedArray: true, withDate: true }),
        (value) => {
          let isCloneable = true;
          try {
            structuredClone(value);
          } catch {
            isCloneable = false;
          }
          assert.equal(findUncloneable(value, 'item') === undefined, isCloneable);
        },
      ),
      { numRuns: sample(300, 3000), seed: 5 },
    );
  });

  it('gives the path by which the value can be reached', () => {
    const steps = fc.array(fc.oneof(fc.nat(3), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 6 });
    assertProperty(
      fc.property(steps, (path) => {
        const inside = path
          .filter((step) => step !== '__proto__')
          .reduceRight<unknown>((inner, step) => {
            if (typeof step !== 'number') return { before: 1, [step]: inner };
            const list: unknown[] = [0, 1, 2, 3];
            list[step] = inner;
            return list;
          }, handler);
        const found = findUncloneable(inside, 'item');
        assert.ok(found !== undefined);
        // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- a path is an expression.
        assert.equal(new Function('item', `return ${found.path}`)(inside), handler);
        assert.match(found.reason, /function/);
      }),
      { numRuns: sample(200, 2000), seed: 6 },
    );
  });

  it('comes to an end in circles, and names the value that is to blame', () => {
    const circle: Record<string, unknown> = { a: [] };
    (circle['a'] as unknown[]).push(circle, { circle });
    assert.equal(findUncloneable(circle, 'item'), undefined);
    circle['z'] = Symbol('end');
    assert.equal(findUncloneable(circle, 'item')?.path, 'item.z');
  });

  it('looks into keys of a Map', () => {
    assert.equal(findUncloneable(new Map([[{ key: handler }, 1]]), 'item')?.path, 'item.keys()[0].key');
  });
});
