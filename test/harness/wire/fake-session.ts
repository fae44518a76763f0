import { captureContext } from '../../../src/async/async-context.ts';
import type { Chunk } from '../../../src/flow/chunk/chunk.ts';
import { StrayLog } from '../../../src/flow/failure/stray-log.ts';
import { WorkerSession } from '../../../src/flow/pool/session/worker-session.ts';
import type { LostStage, SentChunk, Work } from '../../../src/flow/work/work.ts';
import { claimItems, PHASE_RUNNING, setPhase, startItem } from '../../../src/wire/slots/slot.ts';
import { FakeHost, type FakeWorker } from './fake-host.ts';

/** A call that writes down what it is told. */
export function makeWork(
  taskId: number,
  timeout?: number,
): { readonly work: Work; readonly told: unknown[] } {
  const told: unknown[] = [];
  const note =
    (what: string) =>
    (...given: unknown[]): void => {
      told.push([what, ...given.slice(1)]);
    };
  const work: Work = {
    terms: {
      definition: { kind: 'reference', url: 'file:///none.js', name: 'none' },
      taskId,
      workers: 2,
      timeout,
      limitOf: () => timeout,
      service: undefined,
    },
    isUnloadable: false,
    isAwaited: true,
    isOver: false,
    enter: captureContext(),
    strays: new StrayLog(captureContext()),
    nextChunk: () => undefined,
    giveBack: (chunk) => told.push(['given back', chunk.items]),
    answered: (_, { ran }) => told.push(['answered', ran]),
    refused: (_, { kind, reason }) => told.push([kind, reason]),
    unreadable: note('unreadable'),
    lost: (_: SentChunk, { kind }, stage: LostStage) => told.push(['lost', kind, stage]),
    unstarted: () => {},
    heldUp: note('held up'),
    audit: () => {},
    fail: () => {},
    cutOff: () => {},
  };
  return { work, told };
}

/** A session whose worker does what the test tells it to. */
export function openSession(): {
  readonly session: WorkerSession;
  readonly worker: FakeWorker;
  readonly ended: Promise<void>;
} {
  const host = new FakeHost(1);
  let onEnd = (): void => {};
  const ended = new Promise<void>((resolve) => (onEnd = resolve));
  const terms = { importTimeout: 1000, startTimeout: 60_000, recycle: undefined };
  const session = new WorkerSession(host, terms, {
    onRoom: () => {},
    onBlocked: () => {},
    onStart: () => {},
    onUnstarted: () => {},
    onEnd,
  });
  return { session, worker: host.workers[0] as FakeWorker, ended };
}

export function chunkOf(items: readonly unknown[]): Chunk {
  return { index: 0, items, attempt: 1, losses: 0, isSole: false };
}

/** The worker begins the first `count` items. */
export function begin({ slots }: FakeWorker, row: 0 | 1, count: number): void {
  setPhase(slots, PHASE_RUNNING);
  for (let at = 0; at < count; at++) {
    claimItems(slots, row, at, at + 1);
    startItem(slots, row, at);
  }
}
