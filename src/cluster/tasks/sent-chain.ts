import type { TaskDefinition, TaskReference } from '../../task/definition/definition.ts';
import type { ChainDefinition, ChainStage, CollectDefinition, StageRetry } from '../../wire/message/chain.ts';

/** Stand-in for a task on its way to other machines: its number in a list of ids, as plain data, which travels as JSON. */
interface TaskPlaceholder {
  readonly task: number;
}

/** Names of the tasks in a collector, by its kind; a `distinct` may have none. */
const COLLECT_TASKS: Readonly<Record<CollectDefinition['kind'], readonly string[]>> = {
  values: [],
  bytes: [],
  count: [],
  reduce: ['init', 'step'],
  groupBy: ['key', 'init', 'step'],
  topK: ['by'],
  distinct: ['by'],
};
const STAGES: readonly ChainStage['kind'][] = ['task', 'filter', 'flatMap'];
const FORMATS = ['lines', 'ndjson', 'csv', 'copy'];

type Fields = Readonly<Record<string, unknown>>;

/** Lists the functions of a chain: those of its stages, of their retries, and of what collects the results. */
export function listChainTasks({ stages, collect }: ChainDefinition): TaskDefinition[] {
  const tasks: TaskDefinition[] = [];
  for (const { task, retry } of stages) {
    tasks.push(task);
    if (typeof retry?.delay === 'object') tasks.push(retry.delay);
    if (retry?.when !== undefined) tasks.push(retry.when);
  }
  for (const name of COLLECT_TASKS[collect.kind]) {
    const task = (collect as Fields)[name];
    if (task !== undefined) tasks.push(task as TaskDefinition);
  }
  return tasks;
}

/** Makes data of a chain, with a number in the place of each task, in the order of `listChainTasks`. */
export function encodeChain({ decode, stages, collect }: ChainDefinition): unknown {
  let count = 0;
  const placeholder = (): TaskPlaceholder => ({ task: count++ });
  return {
    decode,
    stages: stages.map(({ kind, retry, isDropping, isTimed }) => ({
      kind,
      task: placeholder(),
      retry: retry && {
        most: retry.most,
        delay: typeof retry.delay === 'object' ? placeholder() : retry.delay,
        when: retry.when && placeholder(),
      },
      isDropping,
      isTimed,
    })),
    collect: Object.fromEntries(
      Object.entries(collect).map(([name, value]) => [
        name,
        COLLECT_TASKS[collect.kind].includes(name) && value !== undefined
          ? placeholder()
          : (value as unknown),
      ]),
    ),
  };
}

/**
 * Makes a chain of data that came from the broker: each task is one that the node has, and everything else is of the type
 * that it should have. Returns `undefined` where that is not so.
 */
export function decodeChain(data: unknown, tasks: readonly TaskReference[]): ChainDefinition | undefined {
  try {
    const { decode, stages, collect } = read(data);
    const find = (placeholder: unknown): TaskReference => {
      const { task } = read(placeholder);
      const found = typeof task === 'number' ? tasks[task] : undefined;
      return found ?? refuse();
    };
    if (!Array.isArray(stages)) refuse();
    return {
      kind: 'chain',
      decode: decode === undefined ? undefined : (readFormat(decode) as unknown as ChainDefinition['decode']),
      stages: (stages as unknown[]).map((stage) => decodeStage(read(stage), find)),
      collect: decodeCollect(read(collect), find),
      // What a function reads is told by its text, which a node may have in another form: rows have all fields there.
      reads: undefined,
    };
  } catch {
    return undefined;
  }
}

function decodeStage(stage: Fields, find: (placeholder: unknown) => TaskReference): ChainStage {
  const { kind, task, retry, isDropping, isTimed } = stage;
  if (!STAGES.includes(kind as ChainStage['kind'])) refuse();
  return {
    kind: kind as ChainStage['kind'],
    task: find(task),
    retry: retry === undefined ? undefined : decodeRetry(read(retry), find),
    isDropping: isDropping === true,
    isTimed: isTimed === true,
  };
}

function decodeRetry(
  { most, delay, when }: Fields,
  find: (placeholder: unknown) => TaskReference,
): StageRetry {
  if (!Number.isSafeInteger(most) || (typeof delay === 'number' && !(delay >= 0))) refuse();
  return {
    most: most as number,
    delay: typeof delay === 'number' ? delay : find(delay),
    when: when === undefined ? undefined : find(when),
  };
}

function decodeCollect(collect: Fields, find: (placeholder: unknown) => TaskReference): CollectDefinition {
  const kind = collect['kind'] as CollectDefinition['kind'];
  if (!Object.hasOwn(COLLECT_TASKS, String(kind))) refuse();
  const opened: Record<string, unknown> = { kind, isDropping: collect['isDropping'] === true };
  for (const name of COLLECT_TASKS[kind]) {
    const placeholder = collect[name];
    if (placeholder !== undefined) opened[name] = find(placeholder);
    else if (kind === 'distinct') opened[name] = undefined;
    else refuse();
  }
  if (kind === 'bytes') opened['format'] = readFormat(collect['format']);
  if (kind === 'groupBy' || kind === 'distinct' || kind === 'topK') {
    if (!Number.isInteger(collect['seed'])) refuse();
    opened['seed'] = collect['seed'];
  }
  if (kind === 'distinct') opened['isCounted'] = collect['isCounted'] === true;
  if (kind === 'topK') {
    if (!Number.isSafeInteger(collect['count']) || !((collect['count'] as number) > 0)) refuse();
    opened['count'] = collect['count'];
    // A node may run a chunk again whose outcomes were lost, or count once: ranks of it would be noted twice, and outrank
    // what nobody else does.
    opened['isFinal'] = false;
  }
  return opened as unknown as CollectDefinition;
}

/** Formats are plain data: texts, numbers, truth values, and lists of names or of columns. */
function readFormat(data: unknown): Fields {
  const format = read(data);
  if (!FORMATS.includes(String(format['kind']))) refuse();
  for (const value of Object.values(format)) if (!isPlain(value)) refuse();
  // JSON has no number without a limit.
  return format['maxRecordBytes'] === null ? { ...format, maxRecordBytes: Infinity } : format;
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((inner) => typeof inner !== 'object' || inner === null);
}

function read(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : refuse();
}

function refuse(): never {
  throw new TypeError('not a chain');
}
