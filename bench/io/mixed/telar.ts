/** The program that a user of Telar writes. */
import { download } from '../../../src/entries/http.ts';
import { pipeline } from '../../../src/index.ts';
import { runMixed } from './run-mixed.ts';
import { sumBody } from './work.ts';

await runMixed((urls) =>
  pipeline(urls)
    .io((url) => download(url), { concurrency: 64 })
    .cpu(sumBody)
    .toArray(),
);
