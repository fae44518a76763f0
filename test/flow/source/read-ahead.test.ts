import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReadAhead } from '../../../src/flow/source/read-ahead.ts';
import { NOTHING } from '../../../src/flow/source/source.ts';

/** An input that gives what the test tells it to, and at most `most` portions ahead. */
class Input {
  readonly portions: ReadAhead<unknown, unknown> = new ReadAhead(this);
  readonly heard: unknown[] = [];
  #answer: { give: (given: unknown) => void; fail: (thrown: Error) => void } | undefined;
  readonly #most: number;

  constructor(most = 2) {
    this.#most = most;
    this.portions.onReady(() => this.heard.push('ready'));
  }

  get isFull(): boolean {
    return this.portions.length >= this.#most;
  }

  /** Whether the input was asked for a portion that it has not given yet. */
  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  pull(): Promise<unknown> {
    assert.equal(this.#answer, undefined, 'asked while it was being asked');
    return new Promise((resolve, reject) => {
      this.#answer = { give: resolve, fail: reject };
    });
  }

  unwrap(given: unknown): unknown {
    return given;
  }

  note(portion: unknown): boolean {
    this.heard.push(portion);
    return portion !== 'empty';
  }

  async release(): Promise<void> {
    await new Promise(setImmediate);
    this.heard.push('released');
  }

  async give(given: unknown): Promise<void> {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.give(given);
    await turn();
  }

  async fail(thrown: Error): Promise<void> {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.fail(thrown);
    await turn();
  }
}

/** Lets all that is at hand happen, and what comes of it. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
}

describe('portions that are read ahead', () => {
  it('are asked for one at a time, and no more than may wait', async () => {
    const input = new Input();
    input.portions.read();
    input.portions.read();
    await input.give('a');
    await input.give('b');
    assert.equal(input.isAsked, false);
    assert.deepEqual(input.heard, ['a', 'ready', 'b', 'ready', 'ready']);
    input.portions.read();
    assert.equal(input.isAsked, false);
    assert.equal(input.portions.shift(), 'a');
    input.portions.read();
    assert.equal(input.isAsked, true);
  });

  it('come in order, without those that are empty, and may be promises', async () => {
    const input = new Input(3);
    input.portions.read();
    await input.give('empty');
    await input.give(Promise.resolve('a'));
    await input.give(undefined);
    await input.give(NOTHING);
    assert.deepEqual(
      [input.portions.shift(), input.portions.shift(), input.portions.shift()],
      ['a', undefined, NOTHING],
    );
    assert.equal(input.portions.isEnded, true);
    assert.deepEqual(input.heard, ['empty', 'a', 'ready', undefined, 'ready', 'released', 'ready']);
  });

  it('keep their order while one always waits, however many there are', async () => {
    const input = new Input(2);
    const taken: unknown[] = [];
    for (let number = 0; number < 5000; number++) {
      input.portions.read();
      await input.give(`${number}`);
      if (input.portions.length === 2) taken.push(input.portions.shift());
    }
    assert.equal(input.portions.length, 1);
    assert.deepEqual(
      taken,
      Array.from({ length: 4999 }, (_, number) => `${number}`),
    );
  });

  it('come before the failure behind them, which is thrown once, when the input is closed', async () => {
    const input = new Input();
    const failure = new Error('failed');
    input.portions.read();
    await input.give('a');
    await input.fail(failure);
    assert.equal(input.portions.isEnded, false);
    assert.equal(input.portions.hasFailed, true);
    assert.deepEqual(input.heard, ['a', 'ready', 'released', 'ready']);
    assert.equal(input.portions.shift(), 'a');
    assert.throws(
      () => input.portions.throwFailure(),
      (thrown) => thrown === failure,
    );
    input.portions.throwFailure();
    assert.equal(input.portions.isEnded, true);
  });

  it('are dropped when they are closed, with what comes then', async () => {
    for (const settle of ['give', 'fail'] as const) {
      const input = new Input();
      input.portions.read();
      await input.give('a');
      assert.equal(input.portions.close(), true);
      assert.equal(input.portions.close(), false);
      await input[settle](new Error('late'));
      assert.deepEqual(input.heard, ['a', 'ready']);
      assert.equal(input.portions.shift(), NOTHING);
      assert.equal(input.portions.isEnded, true);
      input.portions.read();
      assert.equal(input.isAsked, false);
    }
  });
});
