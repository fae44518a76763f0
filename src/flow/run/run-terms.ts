import type { CapturedTask } from '../../task/definition/definition.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import type { Sizer } from '../chunk/sizing.ts';
import type { WorkTerms } from '../work/work.ts';
import type { RunPlan } from './run-plan.ts';

let nextTaskId = 0;
const referenceIds = new Map<string, number>();

/** Terms of one run: those of its plan, its task once that is known, and what its items have taken so far. */
export class RunTerms implements WorkTerms {
  readonly workers: number;
  readonly timeout: number | undefined;
  readonly takeMemory: RunPlan['takeMemory'];
  taskId = -1;
  definition: WorkDefinition | undefined;
  store: CapturedTask | undefined;
  readonly #limits: RunPlan['timeout'];
  readonly #sizer: Sizer;

  constructor(
    { workers, timeout, takeMemory }: Pick<RunPlan, 'workers' | 'timeout' | 'takeMemory'>,
    sizer: Sizer,
  ) {
    this.workers = workers;
    this.timeout = typeof timeout === 'object' ? findShortest(timeout) : timeout;
    this.takeMemory = takeMemory;
    this.#limits = timeout;
    this.#sizer = sizer;
  }

  get service(): number | undefined {
    return this.#sizer.itemTime;
  }

  limitOf(stage: number): number | undefined {
    return typeof this.#limits === 'object' ? this.#limits[stage] : this.#limits;
  }

  define(definition: WorkDefinition, store?: CapturedTask): void {
    this.definition = definition;
    this.store = store;
    this.taskId = identifyTask(definition, store);
  }
}

/**
 * Returns the id of a task. References mean the same in every run, so workers keep what they loaded; a capture is new
 * each time, and so is what has a value of its call.
 */
export function identifyTask(definition: WorkDefinition, store?: CapturedTask): number {
  if (definition.kind !== 'reference' || store !== undefined) return nextTaskId++;
  const key = `${definition.url}#${definition.name}`;
  let id = referenceIds.get(key);
  if (id === undefined) referenceIds.set(key, (id = nextTaskId++));
  return id;
}

function findShortest(limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
