import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { listReads } from '../../src/task/source/list-reads.ts';
import { scanReads } from '../../src/task/source/scan-reads.ts';
import { read, unread } from './read-texts.ts';
import { assertProperty } from '../harness/random.ts';

describe('the members that a function reads off its parameter', () => {
  for (const [text, names] of read) {
    it(`are known of ${text}`, () => assert.deepEqual(listReads(text, 0)?.toSorted(), [...names].sort()));
  }

  for (const text of unread) {
    it(`are not known of ${text.slice(0, 60)}`, () => assert.equal(listReads(text, 0), undefined));
  }

  it('are those of the parameter that is asked for', () => {
    assert.deepEqual(listReads('(sum, row) => sum + row.amount', 1), ['amount']);
    assert.deepEqual(listReads('(sum, { amount }) => sum + amount', 1), ['amount']);
    assert.deepEqual(listReads('(sum) => sum.a', 1), []);
    assert.equal(listReads('(sum, row) => [sum, row]', 1), undefined);
    assert.equal(listReads('(sum, ...row) => sum', 1), undefined);
  });

  it('are all that a function does with it, whatever the function is', async () => {
    let known = 0;
    const property = fc.asyncProperty(program, async (text) => {
      const names = listReads(text, 0);
      const scanned = scanReads(text, 0);
      if (names === undefined) {
        // A text with errors is not that of a function.
        assert.ok(typeof scanned === 'string' || !isFunction(text), text);
        return;
      }
      if (typeof scanned === 'object') assert.deepEqual(scanned.names.toSorted(), names.toSorted(), text);
      known++;
      // A row that bears nothing but reads of the names that the text was said to read.
      const refuse = (what: string) => (): never => {
        throw new RowMisused(`${what} in ${text}`);
      };
      const guarded = new Proxy(
        { a: 'A', b: 'B' },
        {
          get: (target, name, receiver) => {
            if (typeof name !== 'string' || !names.includes(name)) return refuse(`read ${String(name)}`)();
            if (receiver !== guarded) return refuse('another receiver')();
            return Reflect.get(target, name);
          },
          has: refuse('in'),
          set: refuse('set'),
          ownKeys: refuse('keys'),
          getOwnPropertyDescriptor: refuse('descriptor'),
          deleteProperty: refuse('delete'),
          defineProperty: refuse('define'),
          getPrototypeOf: refuse('prototype'),
        },
      );
      let isLeaked = false;
      const take = (...values: unknown[]): string => {
        isLeaked ||= values.includes(guarded);
        return 'taken';
      };
      try {
        // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval
        const fn = new Function('f', 'x', `return (${text})`)(take, { a: 1, row: 2 }) as (
          row: object,
        ) => unknown;
        take(await fn(guarded));
      } catch (error) {
        if (error instanceof RowMisused) throw error;
      }
      assert.equal(isLeaked, false, text);
    });
    await assertProperty(property, { numRuns: 4000, seed: 88 });
    assert.ok(known > 400, `${known} texts were known`);
  });
});

/** Tells whether a text can be that of a function. */
function isFunction(text: string): boolean {
  try {
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval
    return typeof new Function(`return (${text})`)() === 'function';
  } catch {
    return false;
  }
}

class RowMisused extends Error {}

const { expression } = fc.letrec<{ expression: string; row: string; member: string; statement: string }>(
  (tie) => ({
    row: fc.constantFrom('row', 'row', 'row', '(row)', 'x'),
    member: fc.oneof(
      fc
        .tuple(tie('row'), fc.constantFrom('.a', '.b', '["a"]', '?.a', '.row', '.a.length', '[0]'))
        .map((parts) => parts.join('')),
    ),
    statement: fc.oneof(
      { maxDepth: 3 },
      tie('expression'),
      tie('row').map((row) => `const { a, b: c = 1 } = ${row}`),
      tie('row').map((row) => `const { a: [d], ...e } = ${row}`),
      tie('member').map((member) => `let row2 = ${member}`),
      tie('member').map((member) => `${member} = 1`),
      fc.constant('var row'),
    ),
    expression: fc.oneof(
      { maxDepth: 4 },
      { weight: 6, arbitrary: tie('member') },
      fc.constantFrom('1', '"a"', 'x', 'x.row', '{}', '() => 1'),
      tie('row'),
      fc
        .tuple(tie('expression'), fc.constantFrom('+', '===', '&&', '??', 'in', ','), tie('expression'))
        .map(([left, sign, right]) => `((${left}) ${sign} (${right}))`),
      tie('expression').map((each) => `f(${each})`),
      tie('expression').map((each) => `[${each}]`),
      tie('expression').map((each) => `({ row: ${each}, b: 1 })`),
      tie('expression').map((each) => `({ ...(${each}) })`),
      tie('expression').map((each) => `(() => (${each}))()`),
      tie('expression').map((each) => `((row) => (${each}))(x)`),
      tie('expression').map((each) => `(typeof (${each}))`),
      tie('expression').map((each) => `\`\${${each}}\``),
      tie('member').map((member) => `(${member} ??= 1)`),
      tie('member').map((member) => `${member}++`),
      tie('member').map((member) => `${member}?.(1)`),
      tie('statement').map((statement) => `(() => { ${statement}; })()`),
    ),
  }),
);
const program = fc
  .tuple(
    fc.constantFrom('(row)', 'row', '({ a, b })', '({ a, ...row })', '(row, y = row.a)', '()'),
    expression,
  )
  .chain(([parameters, value]) =>
    fc.constantFrom(
      `${parameters} => (${value})`,
      `${parameters} => { const { a: g } = row; return (${value}); }`,
      `function ${parameters === 'row' ? '(row)' : parameters} { f(${value}); return [${value}]; }`,
      `async ${parameters} => (${value})`,
    ),
  );
