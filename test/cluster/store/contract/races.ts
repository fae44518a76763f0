import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../../../../src/cluster/store/broker.ts';
import { sample } from '../../../harness/long.ts';
import { type Bench, chunk, KEEP } from './bench.ts';

/** Tests what programs do to one run at once. */
export function testRaces(bench: Bench): void {
  const withBrokers = async (work: (brokers: readonly Broker[]) => Promise<void>): Promise<void> => {
    const brokers = await Promise.all(Array.from({ length: 4 }, () => bench.open()));
    try {
      await work(brokers);
    } finally {
      await Promise.all(brokers.map((broker) => broker.close()));
    }
  };

  test('many runs go their way at once, each from four programs', async () => {
    await withBrokers(async (brokers) => {
      const isRight = Array.from({ length: sample(20, 50) }, async (_, which) => {
        const run = bench.newRun();
        const of = (at: number): Broker => brokers[(which + at) % 4] as Broker;
        const opened = await of(0).runs.open(run, { caller: 'a', head: 'head', keep: KEEP });
        assert.equal(opened.kind, 'opened');
        const { epoch, next } = opened;
        const lease = { epoch, caller: 'a', keep: KEEP };
        const numbers = Array.from({ length: 6 }, (__, at) => next + at);
        const put = async (from: number): Promise<void> => {
          // Each program puts one chunk more than its part, so some come twice.
          const chunks = numbers.slice(from, from + 3).map((number) => chunk(number));
          assert.equal(await of(0).runs.put(run, lease, chunks), 'held');
        };
        const execute = async (number: number, at: number): Promise<number> => {
          while ((await of(at).runs.begin(run, number)) === undefined) {
            // The chunk is asked for until it is put, or committed by the other program.
            if ((await of(at).runs.take(run, [number])).size > 0) return 0;
            await sleep(5);
          }
          return (await of(at).runs.commit(run, number, Buffer.from(`${number}`))) ? 1 : 0;
        };
        const begun = numbers.flatMap((number) => [execute(number, 1), execute(number, 2)]);
        await Promise.all([put(0), put(2), put(4), of(3).runs.renew(run, lease)]);
        const commits = await Promise.all(begun);
        assert.equal(commits.filter((count) => count === 1).length, numbers.length);
        const taken = await of(3).runs.take(run, numbers);
        assert.deepEqual(
          numbers.map((number) => taken.get(number)?.toString()),
          numbers.map(String),
        );
        await Promise.all([of(0).runs.drop(run, numbers), of(1).runs.end(run, epoch)]);
        return (await of(2).runs.renew(run, lease)) === 'gone';
      });
      assert.deepEqual(new Set(await Promise.all(isRight)), new Set([true]));
    });
  });

  test('who takes a run up knows of all that is committed, before it and while it does', async () => {
    await withBrokers(async ([a, b, c, d]) => {
      const takeUp = async (round: number): Promise<void> => {
        const [caller, first, second, other] = [a, b, c, d] as [Broker, Broker, Broker, Broker];
        const run = bench.newRun();
        const { next, ...lease } = await bench.openRun(run);
        const numbers = Array.from({ length: 20 }, (_, at) => next + at);
        const chunks = numbers.map((number) => chunk(number));
        await caller.runs.put(run, lease, chunks.slice(0, 12));
        const commits = numbers
          .slice(0, 12)
          .map((number, at) => (at % 2 === 0 ? first : second).runs.commit(run, number, Buffer.from('done')));
        // The takeover begins in each round at another moment.
        await Promise.all(commits.slice(0, round % 13));
        const [again, late] = await Promise.all([
          other.runs.open(run, { caller: 'a', head: 'head', keep: KEEP }),
          caller.runs.put(run, lease, chunks.slice(12)),
        ]);
        const lateCommits = numbers
          .slice(12)
          .map((number) => first.runs.commit(run, number, Buffer.from('late')));
        assert.equal(again.kind, 'opened');
        assert.ok(late === 'held' || late === 'superseded');
        const isDone = await Promise.all([...commits, ...lateCommits]);
        assert.deepEqual(
          numbers.filter((number) => again.committed.has(number)),
          numbers.filter((_, at) => isDone[at]),
        );
        const taken = await caller.runs.take(run, numbers);
        assert.deepEqual(new Set(taken.keys()), new Set(again.committed.keys()));
        assert.equal((await caller.runs.findOutstanding(run, numbers)).size, 0);
        await caller.runs.end(run, again.epoch);
      };
      // A takeover begins at each of the moments once, or more often.
      await Promise.all(Array.from({ length: sample(13, 30) }, (_, round) => takeUp(round)));
    });
  });

  test('nothing is left of a run that ends while others write to it', async () => {
    await withBrokers(async ([a, b, c]) => {
      const endIt = async (): Promise<void> => {
        const [caller, node, other] = [a, b, c] as [Broker, Broker, Broker];
        const run = bench.newRun();
        const { next, ...lease } = await bench.openRun(run);
        const numbers = Array.from({ length: 10 }, (_, at) => next + at);
        const chunks = numbers.map((number) => chunk(number));
        await caller.runs.put(run, lease, chunks.slice(0, 5));
        await Promise.all([
          ...numbers.map((number) => node.runs.begin(run, number)),
          ...numbers.map((number) => node.runs.commit(run, number, Buffer.from('done'))),
          caller.runs.put(run, lease, chunks.slice(5)),
          other.runs.end(run, lease.epoch),
          caller.runs.drop(run, numbers.slice(3, 7)),
        ]);
        const again = await other.runs.open(run, { caller: 'b', head: 'another', keep: KEEP });
        assert.equal(again.kind, 'opened');
        assert.deepEqual([...again.committed], []);
        assert.ok(again.epoch > lease.epoch);
        assert.ok(again.next > next);
        assert.equal((await caller.runs.findOutstanding(run, numbers)).size, 0);
        assert.equal((await caller.runs.take(run, numbers)).size, 0);
        await caller.runs.end(run, again.epoch);
      };
      await Promise.all(Array.from({ length: sample(10, 30) }, endIt));
    });
  });
}
