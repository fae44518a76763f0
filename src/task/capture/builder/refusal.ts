import type { CaptureFailure } from '../../definition/capture-error.ts';

/** One step from the task towards a value that it uses. */
export type Step =
  | { readonly kind: 'variable'; readonly name: string; readonly details: readonly string[] }
  | { readonly kind: 'property'; readonly access: string };

/** The way from the task to a value, the last step first. */
export interface Trail {
  readonly previous: Trail | undefined;
  readonly step: Step;
}

/** Refusal of a value that cannot travel. Never leaves this folder: it becomes data, and then a CaptureError. */
export class Refusal extends Error {
  /** Subject of the reason. A function is refused for what it does, a value for what it is, a variable for its use. */
  readonly about: 'function' | 'value' | 'variable';
  readonly clause: string;
  readonly fix: string;
  readonly trail: Trail | undefined;

  constructor(
    about: Refusal['about'],
    clause: string,
    fix: string,
    trail: Trail | undefined,
    options?: ErrorOptions,
  ) {
    super(clause, options);
    this.about = about;
    this.clause = clause;
    this.fix = fix;
    this.trail = trail;
  }
}

/** @param details - What is known of it, such as its type and its line. */
export function addVariable(previous: Trail | undefined, name: string, ...details: readonly string[]): Trail {
  return { previous, step: { kind: 'variable', name, details: details.filter(Boolean) } };
}

export function addProperty(previous: Trail | undefined, key: string | symbol): Trail {
  return { previous, step: { kind: 'property', access: describeAccess(key) } };
}

/** Adds a step that is no property, such as `.get(…)` of a map. */
export function addAccess(previous: Trail | undefined, access: string): Trail {
  return { previous, step: { kind: 'property', access } };
}

/** Describes a refusal as the failure that a CaptureError shows. */
export function describeRefusal(task: string, { about, clause, fix, trail, cause }: Refusal): CaptureFailure {
  const head = task === '' ? 'The task' : `\`${task}\``;
  const { sentence, path, isDeep } = describeTrail(trail);
  let reason = clause;
  let join = sentence === '' ? 'it' : ', which';
  if (about === 'value') {
    reason = isDeep ? `holds ${clause}` : `is ${clause}`;
  } else if (about === 'function' && isDeep) {
    join = sentence === '' ? `its \`${path}\`` : `, whose \`${path}\``;
  }
  const shown = about === 'value' && isDeep ? `${reason} (\`${path}\`)` : reason;
  const separator = sentence === '' ? '' : sentence;
  return {
    kind: 'failure',
    message: `${head} cannot travel to a worker: ${separator}${join} ${shown}. ${fix}`,
    path: path || task,
    reason,
    fix,
    cause,
  };
}

/** Explains why a function cannot travel: without the inspector or the syntax, nothing is known of it but its text. */
export function describeUnseen(task: string, { message, cause }: Error): CaptureFailure {
  const head = task === '' ? 'The task' : `\`${task}\``;
  const fix = 'Export the task from a module, and name it with importTasks().';
  return {
    kind: 'failure',
    message: `${head} cannot travel to a worker: ${message}. ${fix}`,
    path: task,
    reason: message,
    fix,
    cause,
  };
}

function describeTrail(trail: Trail | undefined): { sentence: string; path: string; isDeep: boolean } {
  const steps: Step[] = [];
  for (let at = trail; at !== undefined; at = at.previous) steps.unshift(at.step);
  let sentence = '';
  let path = '';
  let isDeep = false;
  for (const step of steps) {
    if (step.kind === 'property') {
      path += step.access;
      isDeep = true;
      continue;
    }
    let join = sentence === '' ? 'it' : ', which';
    if (isDeep) join = sentence === '' ? `its \`${path}\`` : `, whose \`${path}\``;
    const details = step.details.length === 0 ? '' : ` (${step.details.join(', ')})`;
    sentence += `${join} uses \`${step.name}\`${details}`;
    path = step.name;
    isDeep = false;
  }
  return { sentence, path, isDeep };
}

function describeAccess(key: string | symbol): string {
  if (typeof key === 'symbol') return `[${String(key)}]`;
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
