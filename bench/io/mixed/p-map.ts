/** What one writes with p-map, fetch and piscina: one mapper that downloads and then computes, 64 at once. */
import { Piscina } from 'piscina';
import { cores } from '../../report/machine.ts';
import { runMixed } from './run-mixed.ts';
import type { Summed } from './work.ts';

await runMixed(async (urls) => {
  const pool = new Piscina({
    filename: new URL('./work.js', import.meta.url).href,
    name: 'sumText',
    minThreads: cores,
    maxThreads: cores,
  });
  const mapper = async (url: string): Promise<Summed> => {
    const response = await fetch(url);
    return (await pool.run(await response.text())) as Summed;
  };
  const results = await mapLimited(urls, mapper, 64);
  await pool.destroy();
  return results;
});

/** As p-map does it: the package itself is no dependency of this project. */
async function mapLimited<T, R>(
  items: readonly T[],
  mapper: (item: T) => Promise<R>,
  most: number,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await mapper(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  return results;
}
