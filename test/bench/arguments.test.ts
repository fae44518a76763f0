import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Case } from '../../bench/cases/case.ts';
import { cases } from '../../bench/cases/all-cases.ts';
import { pickCases } from '../../bench/cases/pick-cases.ts';
import { readArguments } from '../../bench/report/arguments.ts';

const measure = (): Promise<never> => Promise.reject(new Error('This case is only picked.'));
const make = (group: string, name: string): Case => ({ group, name, question: '', measure });
const some = [make('flow', 'short'), make('flow', 'long'), make('io', 'ndjson'), make('pipeline', 'flow-on')];

describe('the command line of the bench', () => {
  test('takes words and options', () => {
    assert.deepEqual(readArguments([]), {
      words: [],
      rounds: undefined,
      isFull: false,
      isHelp: false,
      json: undefined,
      html: undefined,
      markdown: undefined,
      compare: undefined,
    });
    const { words, rounds, isFull, json } = readArguments([
      'flow',
      'short',
      '--rounds=7',
      '--full',
      '--json',
      'a',
    ]);
    assert.deepEqual(
      { words, rounds, isFull, json },
      { words: ['flow', 'short'], rounds: 7, isFull: true, json: 'a' },
    );
  });

  test('refuses what it does not know', () => {
    assert.throws(() => readArguments(['--rounds', '0']), /whole number from 1, got "0"/);
    assert.throws(() => readArguments(['--fast']), TypeError);
    assert.throws(() => readArguments(['--json']), TypeError);
  });
});

describe('a word of the command line', () => {
  const pick = (...words: string[]): readonly string[] => pickCases(some, words).map(({ name }) => name);

  test('is a group before it is a part of a name', () => {
    assert.deepEqual(pick('flow'), ['short', 'long']);
    assert.deepEqual(pick('flow-'), ['flow-on']);
  });

  test('picks every case with that part in its name, each once, in the order of the cases', () => {
    assert.deepEqual(pick('o'), ['short', 'long', 'ndjson', 'flow-on']);
    assert.deepEqual(pick('ndj', 'shor', 'short'), ['short', 'ndjson']);
  });

  test('is all cases when there is none', () => assert.deepEqual(pickCases(some, []), some));

  test('is refused, with all names, when it picks nothing', () => {
    assert.throws(() => pick('flow', 'flwo'), {
      name: 'RangeError',
      message:
        'There is no group "flwo" and no case with that in its name. ' +
        'There are:\n  flow: short, long\n  io: ndjson\n  pipeline: flow-on',
    });
  });
});

describe('the cases', () => {
  test('have names of their own', () => {
    const names = cases.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});
