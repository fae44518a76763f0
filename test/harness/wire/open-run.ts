import { captureContext } from '../../../src/async/async-context.ts';
import { Dispatch } from '../../../src/flow/pool/dispatch/dispatch.ts';
import { Run } from '../../../src/flow/run/run.ts';
import type { RunPlan } from '../../../src/flow/run/run-plan.ts';
import { openSource } from '../../../src/flow/source/open-source.ts';
import { resolveRetries } from '../../../src/options/retries.ts';
import { FakeHost, type FakeWorker } from './fake-host.ts';

/** A run over `count` items whose only worker is the test. */
export function openRun(
  count: number,
  chunkSize: number = count,
  plan: Partial<Pick<RunPlan, 'receiver' | 'listeners'>> = {},
): { readonly run: Run; readonly worker: FakeWorker; readonly host: FakeHost } {
  const host = new FakeHost(1);
  const limits = {
    importTimeout: 60_000,
    startTimeout: 60_000,
    grace: 0,
    recycle: undefined,
    admission: undefined,
  };
  const run = new Run(
    {
      source: openSource(Array.from({ length: count }, (_, n) => n)),
      declared: undefined,
      workers: 1,
      shares: () => 3,
      chunkSize,
      timeout: undefined,
      retries: resolveRetries(undefined),
      isOrdered: true,
      onFailure: 'reject',
      first: 0,
      receiver: { deliver: () => {} },
      listeners: [],
      ...plan,
      signal: undefined,
      callSite: {},
      context: captureContext(),
    },
    new Dispatch(host, limits),
  );
  run.open();
  run.start({ kind: 'reference', url: 'file:///none.js', name: 'none' });
  return { run, worker: host.workers[0] as FakeWorker, host };
}

/** Returns the number of the chunk that a worker was sent last. */
export function chunkOf(worker: FakeWorker): number {
  return worker.chunks.at(-1)?.chunk as number;
}
