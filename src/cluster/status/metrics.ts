import type { NodeInfo } from '../message/messages.ts';
import type { VersionState } from './queue-state.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** State of a node's queue at the broker; `undefined` where that did not answer. */
export type QueueSamples = readonly VersionState[] | undefined;

/**
 * Writes what a node knows in the text form of Prometheus.
 *
 * @param infos - What the node says of itself, once for each version of its tasks.
 */
export function writeMetrics(queue: string, infos: readonly NodeInfo[], versions: QueueSamples): string {
  const lines: string[] = [];
  const write = (name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): void => {
    if (samples.length === 0) return;
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${writeLabels(labels)} ${value}`);
  };
  writeNode(write, queue, infos);
  write('telar_broker_up', 'gauge', 'Whether the broker has answered.', [
    [{ queue }, versions === undefined ? 0 : 1],
  ]);
  writeQueue(write, queue, versions ?? []);
  return `${lines.join('\n')}\n`;
}

type Write = (name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]) => void;

function writeNode(write: Write, queue: string, infos: readonly NodeInfo[]): void {
  const each = (read: (load: NonNullable<NodeInfo['load']>) => number, more: Labels = {}): Sample[] =>
    infos.flatMap(({ version, load }) =>
      load === undefined ? [] : [[{ queue, version, ...more }, read(load)] as const],
    );
  const [first] = infos;
  if (first !== undefined) {
    const { id, node, threads, slots } = first;
    write('telar_node_info', 'gauge', 'The node.', [[{ queue, id, node }, 1]]);
    write('telar_threads', 'gauge', 'Threads of the node.', [[{ queue }, threads]]);
    write('telar_slots', 'gauge', 'Chunks that the node takes at once.', [[{ queue }, slots]]);
  }
  write('telar_items_total', 'counter', 'Items that the node has run, by outcome.', [
    ...each(({ items, failed }) => items - failed, { outcome: 'ok' }),
    ...each(({ failed }) => failed, { outcome: 'failed' }),
  ]);
  write('telar_chunks_total', 'counter', 'Chunks that the node has run, by what became of their outcomes.', [
    ...each(({ chunks }) => chunks, { result: 'committed' }),
    ...each(({ dropped }) => dropped, { result: 'dropped' }),
  ]);
  write(
    'telar_chunk_seconds_total',
    'counter',
    'Seconds of the committed chunks together.',
    each(({ busy }) => busy / 1000),
  );
  write(
    'telar_suspects_total',
    'counter',
    'Chunks that another node had begun and not committed.',
    each(({ suspects }) => suspects),
  );
  write(
    'telar_chunks_running',
    'gauge',
    'Chunks that the node runs.',
    each(({ running }) => running),
  );
  write(
    'telar_items_in_flight',
    'gauge',
    'Items of the chunks that the node runs.',
    each(({ inFlight }) => inFlight),
  );
  write('process_resident_memory_bytes', 'gauge', 'Resident memory of the program.', [
    [{}, process.memoryUsage.rss()],
  ]);
}

function writeQueue(write: Write, queue: string, versions: readonly VersionState[]): void {
  const each = (read: (state: VersionState) => number, more: Labels = {}): Sample[] =>
    versions.map((state) => [{ queue, version: state.version, ...more }, read(state)] as const);
  write('telar_queue_chunks', 'gauge', 'Chunks in the queue, by state.', [
    ...each(({ waiting }) => waiting, { state: 'waiting' }),
    ...each(({ running }) => running, { state: 'running' }),
  ]);
  write(
    'telar_queue_nodes',
    'gauge',
    'Nodes that serve the version.',
    each(({ nodes }) => nodes),
  );
  write(
    'telar_queue_threads',
    'gauge',
    'Threads of these nodes.',
    each(({ threads }) => threads),
  );
  write(
    'telar_queue_items_per_second',
    'gauge',
    'Items a second of these nodes.',
    each(({ perSecond }) => perSecond),
  );
  write(
    'telar_queue_seconds',
    'gauge',
    'Seconds that these nodes need for the chunks that wait and run.',
    each(({ queueSeconds }) => queueSeconds),
  );
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
