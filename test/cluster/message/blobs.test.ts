import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { Parcels } from '../../../src/cluster/caller/chunk/parcels.ts';
import { Unread } from '../../../src/cluster/caller/chunk/unread.ts';
import { type Blobs, resolveBlobs, stow, unstow } from '../../../src/cluster/message/blobs.ts';
import { open, seal } from '../../../src/cluster/message/envelope.ts';
import { readOutput } from '../../../src/cluster/message/read-output.ts';
import { ChunkServer, type ServerParts } from '../../../src/cluster/node/chunk-server.ts';
import { NodeCounts } from '../../../src/cluster/status/node-counts.ts';
import { Cluster } from 'telar/cluster';
import { noise } from './noise.ts';

const MB = 1024 * 1024;

describe('A folder of blobs', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'telar-blobs-'))));
  after(async () => await rm(folder, { recursive: true, force: true }));

  test('keeps what is large, checks what it gives back, and forgets what is old', async () => {
    const place = join(folder, 'deep', 'place');
    await mkdir(place, { recursive: true });
    const old = join(place, 'gone.1.in');
    await writeFile(old, 'x');
    await writeFile(join(place, 'of-somebody-else'), 'x');
    for (const name of ['gone.1.in', 'of-somebody-else']) await utimes(join(place, name), 1, 1);
    const blobs = resolveBlobs(place);
    const small = seal({ small: true });
    assert.equal(await stow(blobs, small, 'run.1.in'), small);
    const large = seal({ bytes: noise(2 * MB, 3) });
    const packed = await stow(blobs, large, 'run.2.in');
    assert.ok(packed.length < 500);
    assert.throws(() => open(packed), { reason: 'refused' });
    assert.deepEqual((await readdir(place)).toSorted(), ['of-somebody-else', 'run.2.in']);
    assert.deepEqual((await unstow(blobs, packed)).sealed, large);
    const bytes = await readFile(join(place, 'run.2.in'));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    await writeFile(join(place, 'run.2.in'), bytes);
    await assert.rejects(unstow(blobs, packed), { reason: 'refused', message: /is not what was put there/ });
    for (const key of ['../secret', '..', '/etc/passwd', 'run.2.in/../../x']) {
      const forged = Buffer.from(
        packed.toString('latin1').replace('run.2.in', key.padEnd(8, '/').slice(0, 8)),
        'latin1',
      );
      await assert.rejects(unstow(blobs, forged), { reason: 'refused' });
    }
  });

  test('forgets nothing that is young by its own clock, whatever that of the machine says', async () => {
    const place = join(folder, 'skewed');
    const large = seal({ bytes: noise(2 * MB, 8) });
    await stow(resolveBlobs(place), large, 'run.1.in');
    const now = Date.now();
    mock.method(Date, 'now', () => now + 30 * 3_600_000);
    await stow(resolveBlobs(place), large, 'run.2.in');
    mock.restoreAll();
    assert.deepEqual((await readdir(place)).toSorted(), ['run.1.in', 'run.2.in']);
  });

  test('is used again once it can be made', async () => {
    const parent = join(folder, 'mounted');
    await writeFile(parent, 'no folder yet');
    const blobs = resolveBlobs(join(parent, 'place'));
    const large = seal({ bytes: noise(2 * MB, 4) });
    await assert.rejects(stow(blobs, large, 'run.1.in'), { code: 'ENOTDIR' });
    await rm(parent);
    const packed = await stow(blobs, large, 'run.1.in');
    assert.deepEqual((await unstow(blobs, packed)).sealed, large);
  });

  test('is made again once it was deleted', async () => {
    const place = join(folder, 'wiped');
    const blobs = resolveBlobs(place);
    const large = seal({ bytes: noise(2 * MB, 6) });
    await stow(blobs, large, 'run.1.in');
    await rm(place, { recursive: true });
    await assert.rejects(stow(blobs, large, 'run.1.in'), { code: 'ENOENT' });
    const packed = await stow(blobs, large, 'run.1.in');
    assert.deepEqual((await unstow(blobs, packed)).sealed, large);
  });

  test('is waited for by a caller, which puts there again what it has there', async () => {
    const did: string[] = [];
    const blobs: Blobs = {
      put: async (key) => {
        if (did.push(key) === 1) throw new Error('away');
      },
      get: () => Promise.reject(new Error('away')),
      remove: async (key) => did.push(`-${key}`),
    };
    const terms = { run: 'run', head: '', signer: undefined, blobs, isOver: () => false };
    const parcels = new Parcels({ ...terms, patience: 10_000 });
    const chunks = [seal({ bytes: noise(2 * MB, 5) }), seal({ small: true })].map((input, number) => ({
      number,
      input,
    }));
    for (const { number, input } of chunks) await parcels.pack(number, '', input);
    await parcels.stowAgain(chunks);
    assert.deepEqual(did.splice(0), ['run.0.in', 'run.0.in', 'run.0.in']);
    await parcels.end(false);
    assert.deepEqual(did.splice(0), ['-run.0.in']);
    const hasty = new Parcels({ ...terms, patience: 0 });
    const failed = hasty.pack(0, '', chunks[0]?.input as Buffer);
    await assert.rejects(failed, { reason: 'broker', message: '`blobs` could not be written: away' });
  });

  test('is waited for where outcomes cannot be read: then their items run again, once', () => {
    let now = 0;
    mock.method(performance, 'now', () => now);
    const unread = new Unread(60_000);
    const reason = new Error('away');
    assert.ok(!unread.waits(1));
    for (const [time, waits] of Object.entries({
      0: true,
      9000: true,
      10_000: false,
      20_000: true,
      59_000: true,
    })) {
      now = Number(time);
      unread.note(1, reason);
      assert.equal(unread.waits(1), waits, time);
    }
    now = 60_000;
    assert.throws(() => unread.note(1, reason), reason);
    mock.restoreAll();
  });

  test('fails what was not found in it too often, which a node says in the place of outcomes', async () => {
    const away = {
      put: async () => {},
      get: () => Promise.reject(new Error('no such blob')),
      remove: async () => {},
    };
    const input = await stow(away, seal({ bytes: noise(2 * MB, 7) }), 'run.1.in');
    const head = JSON.stringify({ v: 1, task: 'tasks#echo', version: 'v' });
    const meta = JSON.stringify({ first: 0, count: 1, attempt: 1 });
    const committed: Buffer[] = [];
    let starts = 0;
    const runs = {
      begin: async () => ({ head, meta, input, part: undefined, starts: ++starts }),
      release: async () => void starts--,
      commit: async (_run: string, _number: number, output: Buffer) => committed.push(output) > 0,
    };
    const parts = {
      runs,
      blobs: away,
      tasks: { define: () => ({}) },
      insist: (step: () => unknown) => step(),
    };
    const chunks = new ChunkServer(parts as unknown as ServerParts, 'v', new NodeCounts());
    const job = { v: 1, run: 'run', number: 1 };
    for (let tries = 1; tries < 100; tries++) {
      await assert.rejects(chunks.serve(job), { name: 'BlobError' });
      assert.equal(starts, 0);
    }
    await chunks.serve(job);
    assert.match(
      JSON.stringify(readOutput(committed[0] as Buffer, 1)),
      /which callers and nodes have to share.* no such blob/,
    );
  });

  test('is given as it may be', () => {
    for (const blobs of ['', 7, {}, { put: () => {}, get: () => {} }]) {
      assert.throws(() => new Cluster({ connection: 'redis://127.0.0.1', blobs: blobs as string }), {
        code: 'ERR_TELAR_OPTION',
        message: /Expected `blobs` to be a folder that all machines share, or \{ put, get, remove \}/,
      });
    }
  });
});
