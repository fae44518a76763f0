import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countCores } from '../../../src/machine/cores.ts';
import { countMemory } from '../../../src/machine/memory.ts';
import { divideBudget } from '../../../src/flow/pool/budget.ts';

const MB = 1024 * 1024;

describe('the memory of a pool', () => {
  it('is three quarters of what there is, in equal shares, and heaps fit in them', () => {
    const { workers, share, resourceLimits } = divideBudget({ workers: 2 }, 800 * MB);
    assert.equal(workers, 2);
    assert.equal(share, 300 * MB);
    assert.equal(resourceLimits?.maxOldGenerationSizeMb, 276);
  });

  it('carries no more workers than have 64 MB each, and always one', () => {
    assert.equal(divideBudget({ workers: 64 }, 512 * MB).workers, 6);
    assert.equal(divideBudget({ workers: 64, memory: 128 * MB }, 8000 * MB).workers, 2);
    assert.equal(divideBudget({ workers: 64 }, 20 * MB).workers, 1);
  });

  it('never gives a heap more than Node does, nor less than a megabyte', () => {
    assert.equal(divideBudget({ workers: 1 }, 64_000 * MB).resourceLimits?.maxOldGenerationSizeMb, 4096);
    assert.equal(divideBudget({ workers: 1 }, 20 * MB).resourceLimits?.maxOldGenerationSizeMb, 1);
  });

  it("keeps the user's heap limit, and counts with it where the budget is the user's, too", () => {
    const resourceLimits = { maxOldGenerationSizeMb: 400 };
    assert.deepEqual(divideBudget({ workers: 8, resourceLimits }, 1000 * MB).resourceLimits, resourceLimits);
    assert.equal(divideBudget({ workers: 8, resourceLimits }, 1000 * MB).workers, 8);
    assert.equal(divideBudget({ workers: 8, resourceLimits, memory: 900 * MB }).workers, 2);
  });

  it('keeps other limits of the user beside its own', () => {
    const { resourceLimits } = divideBudget({ workers: 1, resourceLimits: { stackSizeMb: 8 } }, 800 * MB);
    assert.deepEqual(resourceLimits, { stackSizeMb: 8, maxOldGenerationSizeMb: 576 });
  });

  it('leaves the heap alone where the program was started with a limit', () => {
    process.execArgv.push('--max-old-space-size=300');
    try {
      assert.equal(divideBudget({ workers: 1 }, 800 * MB).resourceLimits, undefined);
    } finally {
      process.execArgv.pop();
    }
  });

  it('knows what this machine has', () => {
    assert.ok(countMemory() > 0 && countMemory() < 2 ** 50);
    assert.equal(divideBudget({}).workers, countCores());
  });
});
