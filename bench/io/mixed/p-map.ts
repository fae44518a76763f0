/**
 * The program that one writes with p-map, fetch and piscina: one mapper that downloads and then computes, 64 at once.
 */
import pMap from 'p-map';
import { Piscina } from 'piscina';
import { cores } from '../../report/machine.ts';
import { runMixed } from './run-mixed.ts';
import type { Summed } from './work.ts';

await runMixed(async (urls) => {
  const filename = new URL('./work.js', import.meta.url).href;
  const pool = new Piscina({ filename, name: 'sumText', minThreads: cores, maxThreads: cores });
  const mapper = async (url: string): Promise<Summed> => {
    const response = await fetch(url);
    return (await pool.run(await response.text())) as Summed;
  };
  const results = await pMap(urls, mapper, { concurrency: 64 });
  await pool.destroy();
  return results;
});
