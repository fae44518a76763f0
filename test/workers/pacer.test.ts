import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pacer } from '../../workers/pacer.ts';
import { census } from '../census.ts';

census();

describe('Pacer', () => {
  it('looks at the clock ever less often while items are short', () => {
    const pacer = new Pacer();
    let offset = 1;
    for (; offset < 100_000 && !pacer.isOver(offset, 0); offset++);
    assert.ok(pacer.stride > 1);
  });

  it('ends a chunk whose results have grown large', () => {
    assert.equal(new Pacer().isOver(1, 5 * 1024 * 1024), true);
    assert.equal(new Pacer().isOver(1, 1024), false);
  });

  it('ends a chunk that takes long', () => {
    const pacer = new Pacer();
    let offset = 1;
    while (!pacer.isOver(offset, 0)) offset++;
    assert.ok(offset > 1);
  });
});
