import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import { Mortal } from '../fixtures/spawn/mortal.ts';
import { catchReason } from '../harness/collect.ts';
import { refuseThreads } from '../harness/refuse-threads.ts';

let undo: (() => void) | undefined;
// This hook runs before the census counts.
afterEach(() => {
  undo?.();
  undo = undefined;
});
census();

function assertUnstarted(error: unknown): void {
  assert.ok(error instanceof WorkerError, String(error));
  assert.equal(error.reason, 'start');
  assert.match(
    error.message,
    /^`Mortal` was not made, since its thread could not start: .*EAGAIN.* `ulimit -u`/,
  );
  assert.match(String(error.cause), /EAGAIN/);
}

describe('a spawned object whose thread cannot start', () => {
  it('is not made: spawn rejects, also when it is one of several', async () => {
    undo = refuseThreads((count) => count === 1 || count > 2).end;
    assertUnstarted(await catchReason(spawn(Mortal, [], { instances: 3 })));
    assertUnstarted(await catchReason(spawn(Mortal)));
  });

  it('is tried again as often as `restart` says, and its calls reject with the reason then', async () => {
    const refused = refuseThreads((count) => count > 0);
    undo = refused.end;
    const object = await spawn(Mortal, [], { restart: { max: 2, backoff: 1 } });
    await catchReason(object.die('exit'));
    const error = await catchReason(object.count());
    assert.ok(error instanceof WorkerError, String(error));
    assertUnstarted(error.cause);
    assert.equal(refused.asked, 3);
    await spawn.close(object);
  });

  it('is made where it can start with the memory that it is given', async () => {
    const error = await catchReason(spawn(Mortal, [], { resourceLimits: { maxOldGenerationSizeMb: 1 } }));
    assert.ok(error instanceof WorkerError && error.reason === 'start', String(error));
    assert.match(error.message, /no thread starts with less than 3 MB\. .*`resourceLimits`/);
  });
});
