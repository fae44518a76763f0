/**
 * `npm start -- cluster`: a broker, two workers and a caller on this machine. Kill a worker while it runs, and nothing is lost.
 * With `--kill` the program does that itself; `--items 400` says how many.
 */
import { parseArgs } from 'node:util';
import { parallelMap, type RunSummary } from 'telar';
import { Cluster } from 'telar/cluster';
import { startBroker } from './broker.ts';
import { fingerprint } from './tasks.ts';
import { startWorker } from './workers.ts';

const QUEUE = `example-${process.pid}`;

const { values } = parseArgs({
  options: { kill: { type: 'boolean', default: false }, items: { type: 'string', default: '2000' } },
});
const texts = Array.from({ length: Number(values.items) }, (_, at) => `text ${at}`);

const broker = await startBroker();
const workers = [startWorker(broker.url, QUEUE), startWorker(broker.url, QUEUE)];
try {
  await Promise.all(workers.map(({ ready }) => ready));
  console.log(
    `Two workers serve '${QUEUE}' on ${broker.name}. Kill one while it runs: kill -9 ${workers[0]?.pid}`,
  );
  const { hashes, summary } = await run();
  report(hashes, summary);
} finally {
  await Promise.all(workers.map((worker) => worker.end()));
  await broker.stop();
}

async function run(): Promise<{ hashes: readonly string[]; summary: RunSummary }> {
  await using cluster = new Cluster({ connection: broker.url, queue: QUEUE });
  let summary: RunSummary | undefined;
  let tenths = 0;
  const hashes = await parallelMap(texts, fingerprint, {
    pool: cluster,
    onProgress: ({ done, total = done }) => {
      const now = Math.floor((10 * done) / total);
      if (now === tenths) return;
      tenths = now;
      console.log(`${String(done).padStart(6)} of ${total}, ${cluster.stats().inFlight} on their way`);
      if (values.kill && now >= 3) killOne();
    },
    onSummary: (given) => (summary = given),
  });
  return { hashes, summary: summary as RunSummary };
}

/** Ends a worker as a power cut would. */
function killOne(): void {
  if (workers[0]?.isKilled === true) return;
  console.log(`Killing worker ${workers[0]?.pid} …`);
  void workers[0]?.end('SIGKILL');
}

/** Compares with what a loop gives. */
function report(hashes: readonly string[], { elapsed, nodes, suspects, repeated, healed }: RunSummary): void {
  const wrong = texts.filter((text, at) => hashes[at] !== fingerprint(text)).length;
  const gone = workers.filter(({ isGone }) => isGone).length;
  console.log(
    `${hashes.length} of ${texts.length} results, ${wrong} wrong or out of order, in ${(elapsed / 1000).toFixed(1)} s. ` +
      `${gone} of ${workers.length} workers died. ` +
      `${nodes} nodes took part, ${suspects} chunks began again, ${repeated} items at most ran twice, ${healed} chunks were healed.`,
  );
  if (wrong > 0 || hashes.length !== texts.length) process.exitCode = 1;
}
