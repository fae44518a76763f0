import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exceptions } from './exceptions.ts';
import { findKnots } from './folders.ts';
import { judge, type Limits } from './judge.ts';
import { limits } from './limits.ts';
import { type Finding, measure } from './measure.ts';
import { readProject } from './read-project.ts';
import { listShapes } from './shapes.ts';
import { countCallbacks, countJournalLines, countLeaning, countPrivateWords } from './texts.ts';

describe('the structure of the project', () => {
  it('keeps its limits', () => {
    assert.deepEqual(judge(measure(readProject()), limits, exceptions), []);
  });
});

describe('findKnots', () => {
  const find = (imports: Record<string, readonly string[]>): string[][] =>
    findKnots(new Map(Object.entries(imports)));

  it('finds folders that import each other, and rings, and none among others', () => {
    const knots = find({
      'src/a/one.ts': ['src/b/one.ts', 'src/a/two.ts'],
      'src/a/two.ts': [],
      'src/b/one.ts': ['src/c/one.ts'],
      'src/c/one.ts': ['src/a/two.ts', 'src/d/one.ts'],
      'src/d/one.ts': ['src/d/e/one.ts', 'elsewhere.ts'],
      'src/d/e/one.ts': ['src/d/two.ts'],
      'src/d/two.ts': [],
      'src/f/one.ts': ['src/a/one.ts'],
    });
    assert.deepEqual(knots, [
      ['src/a', 'src/b', 'src/c'],
      ['src/d', 'src/d/e'],
    ]);
  });
});

describe('listShapes', () => {
  it('names functions by where they stand, and counts the members of classes', () => {
    const shapes = listShapes(`
      function plain() {
        const inner = () => 1;
      }
      export class Run {
        #state = 1; static made = 0; open = () => {};
        constructor() {}
        get size() { return 1; }
        async *items() {
          yield 1;
        }
      }`);
    assert.deepEqual(
      shapes.map(({ name, kind, lines }) => `${kind} ${name} ${lines}`),
      [
        'function plain 3',
        'function inner 1',
        'class Run 8',
        'function Run#open 1',
        'function Run#constructor 1',
        'function Run#size 1',
        'function Run#items 3',
      ],
    );
    const [run] = shapes.filter(({ kind }) => kind === 'class');
    assert.deepEqual([run?.fields, run?.methods], [3, 3]);
  });
});

describe('the judge', () => {
  const own: Limits = { ...limits, 'lines of a file': 10 };
  const finding = (where: string, value: number): Finding => ({ figure: 'lines of a file', where, value });
  const exception = { 'lines of a file': { 'a.ts': [12, 'a table'] } } as const;

  it('says what is over its limit', () => {
    assert.deepEqual(judge([finding('a.ts', 11), finding('b.ts', 10)], own, {}), [
      'a.ts: 11 lines of a file, at most 10.',
    ]);
  });

  it('lets an exception be as large as it says', () => {
    assert.deepEqual(judge([finding('a.ts', 12)], own, exception), []);
    assert.deepEqual(judge([finding('a.ts', 13)], own, exception), ['a.ts: 13 lines of a file, at most 12.']);
  });

  it('wants an exception removed that nothing needs', () => {
    assert.deepEqual(judge([finding('a.ts', 10)], own, exception), [
      'a.ts: its exception (lines of a file) is needed no longer. Remove it.',
    ]);
  });
});

describe('the counts of texts', () => {
  const plan = `export interface RunPlan extends DeliveryPlan {
  readonly onLoss?:
    | ((item: unknown) => boolean)
    | undefined;
  readonly nameItem?: NameItem | undefined;
  readonly workers: number;
}
`;

  it('counts what a plan is called back by', () => {
    assert.equal(countCallbacks(new Map([['src/flow/run/run-plan.ts', plan]])), 2);
  });

  it('counts what names the journal where runs are', () => {
    const line = "import { Journal } from '../journal/journal.ts';";
    const sources = new Map([
      ['src/flow/run/run.ts', line],
      ['src/flow/launch/launch.ts', line],
    ]);
    assert.equal(countJournalLines(sources), 1);
  });

  it('counts comments that are no sentences, and private words', () => {
    const [open, line] = ['/**', '/'.repeat(2)];
    const source = [
      `${open} What it is. */`,
      'interface Tally {}',
      `${open}`,
      ' * Of a run.',
      ' */',
      `${open} Counts. */`,
      'type Tallies = 1;',
      `${line} oxlint-disable-next-line some-rule -${'-'} as above.`,
      'let one = 1;',
      `${line} It leans.`,
      'let two = 2;',
      `${line} A sentence`,
      `${line} of two lines.`,
    ].join('\n');
    assert.equal(countLeaning(new Map([['src/a.ts', source]]), 'src'), 4);
    assert.equal(countPrivateWords(source), 1);
  });
});
