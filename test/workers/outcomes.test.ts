import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skip, stop } from 'telar';
import type { AnswerMessage, ChunkMessage, SessionPort } from '../../src/wire/message/message.ts';
import { unpackValues } from '../../src/wire/pack/pack.ts';
import { ChainOutcomes, type CollectingChain } from '../../workers/chain/chain-outcomes.ts';
import { StageStop } from '../../workers/chain/stages/stage-stop.ts';
import { Expansion } from '../../workers/item/expand.ts';
import { LoadedTask } from '../../workers/item/item-outcomes.ts';
import type { ChunkHost, Outcomes } from '../../workers/item/outcomes.ts';

const times = { compute: 2, load: 1 };

function makeChunk(items: ArrayLike<unknown>, isBound = false): ChunkMessage {
  return {
    type: 'chunk',
    chunk: 7,
    row: 0,
    task: 1,
    index: 0,
    count: items.length,
    attempt: 1,
    isBound,
    areCalls: false,
    items:
      items instanceof Float64Array
        ? { kind: 'elements', elements: items as Float64Array<ArrayBuffer> }
        : { kind: 'values', values: items as unknown[] },
  };
}

function openItems(items: ArrayLike<unknown>, isBound = false): Outcomes {
  return new LoadedTask(() => undefined).open({ message: makeChunk(items, isBound), items } as ChunkHost);
}

/** Posts outcomes to a port that refuses the first `refusals` messages. Returns what arrives. */
function post(outcomes: Outcomes, refusals = 0): AnswerMessage {
  const arrived: AnswerMessage[] = [];
  let left = refusals;
  const port = {
    postMessage: (message: AnswerMessage) => {
      if (left-- > 0) throw new Error('refused');
      arrived.push(message);
    },
  } as unknown as SessionPort;
  outcomes.post(port, times);
  assert.equal(arrived.length, 1);
  return arrived[0] as AnswerMessage;
}

describe('the outcomes of items', () => {
  it('carry a value for each, and an encoded outcome where that is not all', () => {
    const outcomes = openItems(['a', 'b', 'c', 'd', 'e']);
    outcomes.succeedWithNumber(1);
    outcomes.succeed('two');
    outcomes.succeed(skip);
    outcomes.fail(new Error('four'));
    assert.equal(outcomes.isFull, false);
    const expansion = new Expansion();
    expansion.add(5);
    expansion.add(stop);
    outcomes.succeed(expansion);
    assert.equal(outcomes.isFull, true);
    const { ran, values, encoded, chunk, compute, load } = post(outcomes);
    assert.deepEqual({ ran, chunk, compute, load }, { ran: 5, chunk: 7, compute: 2, load: 1 });
    assert.deepEqual([...(unpackValues(values) as unknown[])], [1, 'two', undefined, undefined, [5]]);
    assert.deepEqual(
      encoded?.map(({ at, kind }) => [at, kind]),
      [
        [2, 'skipped'],
        [3, 'failed'],
        [4, 'expanded'],
      ],
    );
  });

  it('are written over items that are numbers, until one is none', () => {
    const items = Float64Array.of(1, 2, 3);
    const numbers = openItems(items);
    for (const value of [10, 20, 30]) numbers.succeedWithNumber(value);
    const { values, encoded } = post(numbers);
    assert.equal(values.kind, 'elements');
    assert.deepEqual([...items], [10, 20, 30]);
    assert.equal(encoded, undefined);
    const mixed = openItems(Float64Array.of(1, 2));
    mixed.succeedWithNumber(10);
    mixed.succeed('twenty');
    assert.deepEqual([...(unpackValues(post(mixed).values) as unknown[])], [10, 'twenty']);
  });

  it('are enough once they are large, unless the items cannot go anywhere else', () => {
    for (const isBound of [false, true]) {
      const outcomes = openItems(['a', 'b'], isBound);
      outcomes.succeed(new Uint8Array(5 * 1024 * 1024));
      assert.equal(outcomes.isFull, !isBound);
    }
  });

  it('fail only the items whose results cannot cross', () => {
    const outcomes = openItems(['a', 'b', 'c']);
    outcomes.succeed('fine');
    outcomes.succeed({ inner: () => 1 });
    outcomes.fail(new Error('failed'));
    const { ran, values, encoded } = post(outcomes, 1);
    assert.equal(ran, 3);
    assert.deepEqual([...(unpackValues(values) as unknown[])], ['fine', undefined, undefined]);
    assert.deepEqual(
      encoded?.map((outcome) => [outcome.at, outcome.kind, 'path' in outcome ? outcome.path : '']),
      [
        [2, 'failed', ''],
        [1, 'uncloneable', 'result.inner'],
      ],
    );
  });

  it('all fail where no single one is at fault', () => {
    const outcomes = openItems(['a', 'b']);
    outcomes.succeed('one');
    outcomes.succeed('two');
    const { encoded } = post(outcomes, 1);
    assert.deepEqual(
      encoded?.map((outcome) => [outcome.at, outcome.kind, 'reason' in outcome ? outcome.reason : '']),
      [
        [0, 'uncloneable', 'Error: refused'],
        [1, 'uncloneable', 'Error: refused'],
      ],
    );
  });
});

describe('the outcomes of items that go through a chain', () => {
  const removed: unknown[] = [];
  const chain = {
    bytes: 100,
    isStopped: false,
    finish: () => ({ records: 3 }) as never,
    removeUncloneable: (thrown: unknown) => removed.push(thrown),
  };

  it('carry what the chain has collected, as often as it takes', () => {
    const outcomes = new ChainOutcomes(makeChunk(['a', 'b']), chain as CollectingChain);
    outcomes.succeed();
    outcomes.succeed();
    const { ran, payload, encoded, bytes } = post(outcomes, 2);
    assert.deepEqual(
      { ran, payload, encoded, bytes },
      { ran: 2, payload: { records: 3 }, encoded: undefined, bytes: 100 },
    );
    assert.equal(removed.length, 2);
  });

  it('end with a stage that has failed, or said stop', () => {
    const failed = new ChainOutcomes(makeChunk(['a', 'b']), chain);
    failed.succeed();
    failed.fail(new StageStop({ at: 1 } as never));
    assert.equal(failed.isFull, true);
    assert.deepEqual(post(failed).encoded, [{ at: 1, kind: 'stage-failed', failure: { at: 1 } }]);
    const stopped = new ChainOutcomes(makeChunk(['a', 'b']), { ...chain, isStopped: true });
    stopped.succeed();
    assert.equal(stopped.isFull, true);
    assert.deepEqual(post(stopped).encoded, [{ at: 0, kind: 'expanded', stopped: true }]);
  });
});
