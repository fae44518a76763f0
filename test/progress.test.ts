import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled, type Progress } from 'telar';
import { openDisplay, ProgressReport } from '../src/progress/progress.ts';
import { census } from './census.ts';
import { double } from './fixtures/tasks/computes.ts';
import { throwSeventh } from './fixtures/tasks/throws.ts';
import { catchReason, collect } from './harness/collect.ts';
import { runProgram } from './harness/program.ts';
import { usePool } from './harness/pool.ts';

census();
const pool = usePool();

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A stream that keeps what was written to it. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('onProgress', () => {
  it('hears everything at the end, and never goes back', async () => {
    const heard: Progress[] = [];
    const onProgress = (progress: Progress): void => void heard.push(progress);
    await parallelMap(range(5003), double, { pool, onProgress, chunkSize: 10 });
    const last = heard.at(-1);
    assert.deepEqual([last?.done, last?.failed, last?.total], [5003, 0, 5003]);
    heard.reduce((before, progress) => {
      assert.ok(progress.done >= before.done && progress.elapsed >= before.elapsed);
      return progress;
    });
  });

  it('knows no total of an iterable before its end, and all of it then', async () => {
    const heard: Progress[] = [];
    const onProgress = (progress: Progress): void => void heard.push(progress);
    await collect(parallelMapIterable(new Set(range(101)), double, { pool, onProgress }));
    assert.equal(heard.at(-1)?.done, 101);
    assert.ok(heard.every(({ total }) => total === undefined || total === 101));
  });

  it('counts failures', async () => {
    const heard: Progress[] = [];
    const onProgress = (progress: Progress): void => void heard.push(progress);
    await parallelMapSettled(range(50), throwSeventh, { pool, onProgress });
    assert.equal(heard.at(-1)?.failed, 7);
    assert.equal(heard.at(-1)?.done, 50);
  });

  it('that throws ends the call with its error', async () => {
    const failure = new Error('of the listener');
    const onProgress = (): never => {
      throw failure;
    };
    assert.equal(await catchReason(parallelMap(range(10), double, { pool, onProgress })), failure);
    assert.deepEqual(await parallelMap([1], double, { pool }), [2]);
  });
});

describe('ProgressReport', () => {
  it('tells all listeners at once, not more often than anybody can read, and always at the end', () => {
    let done = 0;
    const heard: [string, number][] = [];
    const report = new ProgressReport(
      () => ({ done, failed: 0, total: undefined, elapsed: 0 }),
      [(progress) => heard.push(['a', progress.done]), (progress) => heard.push(['b', progress.done])],
    );
    for (done = 1; done <= 1000; done++) report.note();
    report.end();
    assert.deepEqual(heard.slice(0, 2), [
      ['a', 1],
      ['b', 1],
    ]);
    assert.ok(heard.length < 200);
    assert.deepEqual(heard.at(-1), ['b', 1001]);
  });
});

describe('the display of a run, on a stream that is no terminal,', () => {
  const open = (): { kept: Kept; display: ReturnType<typeof openDisplay> } => {
    const kept = new Kept();
    return { kept, display: openDisplay(kept as unknown as NodeJS.WriteStream) };
  };

  it('is a line every five seconds, and one at the end', () => {
    const { kept, display } = open();
    for (let elapsed = 0; elapsed <= 11_000; elapsed += 500) {
      display.show({ done: elapsed, failed: 0, total: 20_000, elapsed });
    }
    display.show({ done: 20_000, failed: 3, total: 20_000, elapsed: 12_000 });
    display.close();
    assert.deepEqual(kept.text.split('\n'), [
      '5,000 of 20,000 items, 1,000 a second, 15 s left',
      '10,000 of 20,000 items, 1,000 a second, 10 s left',
      '20,000 of 20,000 items, 1,667 a second, 3 failed, 0 s left',
      '',
    ]);
  });

  it('says nothing of a run that is over before the first line', () => {
    const { kept, display } = open();
    display.show({ done: 10, failed: 0, total: 10, elapsed: 100 });
    display.close();
    assert.equal(kept.text, '');
  });

  it('leaves out what is not known', () => {
    const { kept, display } = open();
    display.show({ done: 1234, failed: 0, total: undefined, elapsed: 6000 });
    display.close();
    assert.match(kept.text, /^1,234 items, 206 a second\n/);
  });
});

describe('progress: true', () => {
  it('writes to stderr only, and lets the process end', async () => {
    const index = import.meta.resolve('telar');
    const tasks = new URL('./fixtures/tasks/computes.js', import.meta.url).href;
    const program = `
      import { parallelMap } from ${JSON.stringify(index)};
      import { double } from ${JSON.stringify(tasks)};
      const results = await parallelMap([1, 2, 3], double, { progress: true });
      console.log(results.join());
    `;
    assert.equal(await runProgram(process.execPath, ['--input-type=module', '--eval', program]), '2,4,6\n');
  });
});
