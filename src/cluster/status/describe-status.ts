import type { QueueStatus } from './status.ts';

const MB = 1024 * 1024;

/** Describes the state of queues as three tables for each. */
export function describeStatus(states: readonly QueueStatus[], now: number = Date.now()): string {
  if (states.length === 0) return 'No queue has nodes or runs.\n';
  return states.map((state) => describeQueue(state, now)).join('\n');
}

function describeQueue({ queue, nodes, versions, runs }: QueueStatus, now: number): string {
  const nodeRows = nodes.map(({ id, host, pid, version, threads, slots, node, tasks, since, seen, load }) => [
    id.slice(0, 8),
    `${host}:${pid}`,
    version.slice(0, 16),
    String(threads),
    String(slots),
    show(load?.rate),
    show(load?.failedRate),
    show(load?.items),
    show(load?.failed),
    show(load?.suspects),
    load === undefined ? '?' : `${Math.round(load.rss / MB)} MB`,
    age(seen, now),
    age(since, now),
    node,
    String(tasks.length),
  ]);
  const versionRows = versions.map(({ version, waiting, running, perSecond, failedPerSecond, ...sums }) => [
    version.slice(0, 16),
    String(sums.nodes),
    String(sums.threads),
    String(waiting),
    String(running),
    show(perSecond),
    show(failedPerSecond),
    `${show(sums.queueSeconds)} s`,
  ]);
  const runRows = runs.map(({ run, task, caller, outstanding, done, told }) => [
    run,
    task,
    caller ?? '(nobody)',
    String(outstanding),
    String(done),
    show(told?.items),
    told === undefined ? '?' : show((1000 * told.items) / Math.max(1, told.seen - told.since)),
    show(told?.suspects),
    show(told?.healed),
    age(told?.since, now),
  ]);
  return [
    `Queue '${queue}'`,
    ...table(NODE_HEADS, nodeRows, 'no nodes'),
    ...table(VERSION_HEADS, versionRows, 'no jobs'),
    ...table(RUN_HEADS, runRows, 'no runs'),
    '',
  ].join('\n');
}

const NODE_HEADS =
  'NODE|PROGRAM|VERSION|THREADS|SLOTS|ITEMS/S|FAILED/S|ITEMS|FAILED|SUSPECTS|RSS|SEEN|UP|NODE.JS|TASKS'.split(
    '|',
  );
const VERSION_HEADS = 'VERSION|NODES|THREADS|WAITING|RUNNING|ITEMS/S|FAILED/S|QUEUE'.split('|');
const RUN_HEADS = 'RUN|TASK|CALLER|OUTSTANDING|DONE|ITEMS|ITEMS/S|SUSPECTS|HEALED|AGE'.split('|');

/** Shows a count, or a rate to one decimal where it is small; a question mark where nobody has said it. */
function show(value: number | undefined): string {
  if (value === undefined) return '?';
  return Number.isInteger(value) || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

/** Shows how long ago something was, by clocks that may differ a little. */
function age(then: number | undefined, now: number): string {
  if (then === undefined) return '?';
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], none: string): string[] {
  if (rows.length === 0) return ['', none];
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const write = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] as number))
      .join('  ')
      .trimEnd();
  return ['', write(heads), ...rows.map(write)];
}
