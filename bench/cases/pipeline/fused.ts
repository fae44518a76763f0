import { parallelMap, pipeline } from 'telar';
import { makeWide, runStages, score, tag, trim, type Wide } from '../../io/fused/stages.ts';
import { byHand, callChunks, eachLibrary, loop, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 20_000;
const CHUNK = 500;

export const fused: TimedCase<readonly Wide[], Wide> = defineTimed({
  module: import.meta.url,
  name: 'fused',
  group: 'pipeline',
  question: 'Three short stages on objects of 1 KB: what do two trips less bring, and is one worth it?',
  parts: { tiny: 1 / 200, quick: 1 / 2, full: 1 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: COUNT * part }, (_item, id) => makeWide(id)),
  contenders: [
    loop((items) => items.map((item) => runStages(item))),
    byHand(callChunks<Wide, Wide>('runStagesChunk', CHUNK)),
    telar('telar, one trip (fused)', (items, pool) =>
      pipeline(items).cpu(trim).cpu(score).cpu(tag).toArray({ pool }),
    ),
    telar('telar, three calls', async (items, pool) => {
      const trimmed = await parallelMap(items, trim, { pool });
      return parallelMap(await parallelMap(trimmed, score, { pool }), tag, { pool });
    }),
    telar('telar, three trips, streaming', (items, pool) =>
      pipeline(items).cpu(trim).tap(nothing).cpu(score).tap(nothing).cpu(tag).toArray({ pool }),
    ),
    ...eachLibrary('chunks', callChunks<Wide, Wide>('runStagesChunk', CHUNK)),
  ],
  figures: (find) => [
    {
      id: 'fused.ratio',
      value: find('telar, three calls').time.median / find('telar, one trip (fused)').time.median,
    },
  ],
});

function nothing(): void {}
