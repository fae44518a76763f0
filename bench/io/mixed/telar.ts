/** The program that a user of Telar writes. */
import { download } from 'telar/http';
import { pipeline } from 'telar';
import { runMixed } from './run-mixed.ts';
import { sumBody } from './work.ts';

await runMixed((urls) =>
  pipeline(urls)
    .io((url) => download(url), { concurrency: 64 })
    .cpu(sumBody)
    .toArray(),
);
