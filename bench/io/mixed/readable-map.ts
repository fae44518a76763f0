/** Node's own `Readable.map`: downloads on the event loop, and piscina for the rest. */
import { Readable } from 'node:stream';
import { Piscina } from 'piscina';
import { request } from 'undici';
import { cores } from '../../report/machine.ts';
import { runMixed } from './run-mixed.ts';
import type { Summed } from './work.ts';

await runMixed(async (urls) => {
  const filename = new URL('./work.js', import.meta.url).href;
  const pool = new Piscina({ filename, name: 'sumText', minThreads: cores, maxThreads: cores });
  const results = await Readable.from(urls)
    .map(async (url: string) => (await request(url)).body.text(), { concurrency: 64 })
    .map((text: string) => pool.run(text) as Promise<Summed>, { concurrency: cores * 2 })
    .toArray();
  await pool.destroy();
  return results as Summed[];
});
