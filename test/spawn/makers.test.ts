import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { threadId } from 'node:worker_threads';
import { spawn, transfer } from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Counter, makeCounter, makeNumber, OldCounter } from '../fixtures/spawn/counter.ts';

census();

describe('spawn', () => {
  test('makes an instance of an exported class on a thread of its own', async () => {
    await using counter = await spawn(Counter, [5]);
    assert.equal(await counter.add(2), 7);
    assert.equal(await counter.size, 7);
    assert.notEqual(await counter.thread, threadId);
  });

  test('makes an instance of a class that is captured, with its #private members', async () => {
    const step = 3;
    class Local {
      #at = 0;
      next(): number {
        this.#at += step;
        return this.#at;
      }
    }
    await using local = await spawn(Local);
    assert.deepEqual([await local.next(), await local.next()], [3, 6]);
  });

  test('takes what a function returns, or its promise resolves to', async () => {
    const base = 10;
    await using counter = await spawn(makeCounter, [1]);
    await using plain = await spawn((by: number) => ({ add: (value: number) => base + by + value }), [5]);
    assert.equal(await counter.add(1), 2);
    assert.equal(await plain.add(1), 16);
  });

  test('calls a constructor function with new', async () => {
    await using old = await spawn(OldCounter as unknown as new (size: number) => { double(): number }, [4]);
    assert.equal(await old.double(), 8);
  });

  test('calls a constructor function that is captured with new', async () => {
    const factor = 3;
    function Scale(this: { size: number }, size: number): void {
      this.size = size;
    }
    Scale.prototype = Object.create(Object.prototype, {
      constructor: { value: Scale },
      grow: {
        value(this: { size: number }): number {
          return this.size * factor;
        },
      },
    });
    await using scale = await spawn(Scale as unknown as new (size: number) => { grow(): number }, [4]);
    assert.equal(await scale.grow(), 12);
  });

  test('takes the exports of a module for the object', async () => {
    const url = new URL('../fixtures/spawn/service.js', import.meta.url);
    await using service = await spawn<typeof import('../fixtures/spawn/service.ts')>(url);
    await using again = await spawn<typeof import('../fixtures/spawn/service.ts')>(url.href);
    assert.deepEqual([await service.increment(), await service.increment()], [1, 2]);
    assert.equal(await again.increment(), 1);
    assert.equal(await service.version, 3);
  });

  test('rejects with what the constructor threw, and leaves no thread', async () => {
    const error = (await catchReason(spawn(Counter, [-1]))) as RangeError & { code: string };
    assert.ok(error instanceof RangeError);
    assert.equal(error.name, 'CounterError');
    assert.equal(error.code, 'E_COUNTER');
    await assert.rejects(
      spawn(makeNumber as unknown as () => object),
      /return an object to spawn, got number/,
    );
  });

  test('refuses at the call what it cannot spawn', async () => {
    await assert.rejects(spawn(7 as never), /Expected a class, a function or the URL of a module.*7/);
    await assert.rejects(spawn(Counter, 5 as never), /arguments as an array.*the number 5/);
    await assert.rejects(spawn('./service.js'), /new URL\('\.\/service\.js', import\.meta\.url\)/);
    await assert.rejects(spawn(Counter, [], { instance: 2 } as never), /Did you mean `instances`/);
    await assert.rejects(spawn(Counter, [], { instances: 0 }), RangeError);
    await assert.rejects(
      spawn(Counter, [], { restart: { maximum: 2 } } as never),
      /Unknown option `maximum`/,
    );
    await assert.rejects(spawn(Counter, [], { idempotent: true }), /give `restart` as well/);
    const bytes = transfer(new Uint8Array(8));
    await assert.rejects(
      spawn((given: Uint8Array) => ({ given }), [bytes], { instances: 2 }),
      /handed over once/,
    );
    await spawn.close(await spawn((given: Uint8Array) => ({ given }), [bytes]));
    assert.equal(bytes.byteLength, 0);
  });
});
