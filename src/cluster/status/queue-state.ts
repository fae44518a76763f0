import type { NodeInfo } from '../message/messages.ts';

/** Seconds that a chunk is taken to last while none is known to have ended: those that chunks aim at. */
const UNKNOWN = 0.4;

/** State of the jobs of one version in a queue. */
export interface VersionState {
  readonly version: string;
  /** Chunks that wait for a node, and that run. */
  readonly waiting: number;
  readonly running: number;
  readonly nodes: number;
  readonly threads: number;
  /** Items a second, and failed items a second, of its nodes together, over the last seconds. */
  readonly perSecond: number;
  readonly failedPerSecond: number;
  /** Seconds that its nodes need for the chunks that wait and run, at the mean time of those before. */
  readonly queueSeconds: number;
}

/** Sums up the nodes and the jobs of one version. */
export function sumVersion(
  version: string,
  { waiting, running }: { readonly waiting: number; readonly running: number },
  all: readonly NodeInfo[],
): VersionState {
  const nodes = all.filter((node) => node.version === version);
  const add = (read: (node: NodeInfo) => number | undefined): number =>
    nodes.reduce((total, node) => total + (read(node) ?? 0), 0);
  const chunks = add(({ load }) => load?.chunks);
  const seconds = chunks === 0 ? UNKNOWN : add(({ load }) => load?.busy) / 1000 / chunks;
  const slots = Math.max(
    1,
    add((node) => node.slots),
  );
  return {
    version,
    waiting,
    running,
    nodes: nodes.length,
    threads: add(({ threads }) => threads),
    perSecond: round(add(({ load }) => load?.rate)),
    failedPerSecond: round(add(({ load }) => load?.failedRate)),
    queueSeconds: round(((waiting + running) * seconds) / slots),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
