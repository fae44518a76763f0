import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMap, Pool, spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import { forge, forged } from '../fixtures/hostile/forge.ts';
import { globals } from '../fixtures/hostile/globals.ts';
import { leftovers, onlyInProcess } from '../fixtures/hostile/leftovers.ts';
import { twice } from '../fixtures/hostile/run.ts';
import { Victim } from '../fixtures/hostile/victim.ts';
import { isLong, sample } from '../harness/long.ts';

census();

/** Picks some of the hostile things in `npm test`, all of them otherwise. */
const pick = <T>(all: readonly T[], oneIn: number): T[] =>
  all.filter((_, at) => sample(at % oneIn === 0, true));

/** Number of objects that exist at once. */
const AT_ONCE = 8;

/** Runs a check for each of these, some at once. */
async function forEach<T>(all: readonly T[], check: (each: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const work = async (): Promise<void> => {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    for (let each = left.shift(); each !== undefined; each = left.shift()) await check(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const settle = async (call: PromiseLike<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (reason) {
    return reason;
  }
};

describe('a spawned object', () => {
  test(`answers when its methods have replaced ${Object.keys(globals).length} things of the language`, async () => {
    const victim = await spawn(Victim);
    for (const name of pick(Object.keys(globals), 6)) {
      /* oxlint-disable no-await-in-loop -- what was replaced stays so for the calls after it. */
      await settle(victim.suffer('globals', name));
      assert.equal(await victim.twice(4), 8, name);
      assert.equal(await victim.sleepy(4), 12, name);
      assert.equal(await victim.calls((n) => n + 1), 5, name);
      const counted: number[] = [];
      for await (const n of victim.count(2)) counted.push(n);
      assert.deepEqual(counted, [0, 1], name);
      /* oxlint-enable no-await-in-loop */
    }
    await spawn.close(victim);
  });

  test('is closed in time whatever its methods have left behind, and every call settles', async () => {
    const names = Object.keys(leftovers).filter((name) => !onlyInProcess.has(name));
    await forEach(pick(names, 6), async (name) => {
      const victim = await spawn(Victim, [], { closeTimeout: 500 });
      const calls = [settle(victim.suffer('leftovers', name)), settle(victim.never())];
      await new Promise((resolve) => setTimeout(resolve, 20));
      calls.push(settle(victim.twice(4)));
      await settle(spawn.close(victim));
      const [, never, answer] = await Promise.all(calls);
      assert.ok(never instanceof Error, name);
      assert.ok(answer === 8 || answer instanceof WorkerError, `${name}: ${String(answer)}`);
    });
  });

  test('that forges messages hurts nobody but itself, and every call settles', async () => {
    class Forger {
      readonly #forge = forge;
      send(at: number): number {
        return this.#forge(at);
      }
      never(): Promise<never> {
        return new Promise(() => {});
      }
    }
    await forEach(pick([...forged.keys()], 8), async (at) => {
      const forger = await spawn(Forger, [], { closeTimeout: 500 });
      const calls = [forger.never(), forger.send(at)].map(settle);
      await calls[1];
      await settle(spawn.close(forger));
      await Promise.all(calls);
    });
  });

  test('that closes the port of its messages has ended', { skip: !isLong }, async () => {
    const victim = await spawn(closePorts);
    const reason = await settle(victim.never());
    assert.ok(reason instanceof WorkerError && reason.reason === 'crash', String(reason));
    assert.match(String(reason.cause), /closed the port/);
    await spawn.close(victim);
  });
});

/** An object that keeps its thread alive, and closes whatever it finds there. */
function closePorts(): { never(): Promise<never> } {
  setInterval(() => {}, 1000);
  return {
    never() {
      const { _getActiveHandles: list } = process as unknown as {
        _getActiveHandles: () => { close?(): void; postMessage?: unknown }[];
      };
      for (const handle of list()) if (handle.postMessage !== undefined) handle.close?.();
      return new Promise(() => {});
    },
  };
}

test('a task that forges messages hurts no other call of its pool', async () => {
  await forEach(pick([...forged.keys()], 14), async (at) => {
    const pool = new Pool({ workers: 1 });
    const first = await settle(parallelMap([at], forge, { pool }));
    assert.ok(Array.isArray(first) || first instanceof Error, String(at));
    assert.deepEqual(await parallelMap([1, 2, 3], twice, { pool, timeout: 1000 }), [2, 4, 6], String(at));
    await pool.close();
  });
});
