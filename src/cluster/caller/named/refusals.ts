import { ClusterError } from '../../cluster-error.ts';
import type { RunHead } from '../../message/messages.ts';

/** Parts of a run that must be those of then, and what each is called. */
const PARTS = ['task', 'version', 'input', 'options'] as const;

/** Makes the error of a run that is there with another head, which says in what it differs. */
export function describeMismatch(run: string, there: string, wanted: RunHead): ClusterError {
  const then = readThere(there);
  const changes = PARTS.filter((part) => then[part] !== wanted[part]).map(
    (part) => `another ${part} (${String(then[part])} then, ${String(wanted[part])} now)`,
  );
  return new ClusterError(
    `The run '${run}' is there, with ${changes.join(', and ') || 'another form'}. ${adviseOther(run)}`,
    'mismatch',
  );
}

/** Makes the error of a run that another caller holds. */
export function describeHolder(run: string, caller: string): ClusterError {
  return new ClusterError(
    `The run '${run}' is held by ${caller}, which lives. Wait until it ends, give this one a \`runId\` of its own, ` +
      `or end that program and call again.`,
    'in-use',
  );
}

/** Makes the error of a run that another caller holds now. */
export function describeSuperseded(run: string): ClusterError {
  return new ClusterError(`Another caller has taken the run '${run}' over.`, 'superseded');
}

/** Makes the error of an input that ends before items that have outcomes. */
export function describeShort(run: string, items: number, known: number): ClusterError {
  return new ClusterError(
    `The run '${run}' is one of other items: the input has ${items}, and there are outcomes of item ${known - 1}. ` +
      adviseOther(run),
    'mismatch',
  );
}

/** Makes the error of an item that is not the one of then. */
export function describeChanged(run: string, index: number): ClusterError {
  return new ClusterError(
    `The run '${run}' is one of other items: that at index ${index} is not the one of then. ` +
      `Give each input a \`runId\` of its own, or start over: npx telar cluster forget ${run}`,
    'mismatch',
  );
}

function adviseOther(run: string): string {
  return `Give this one a \`runId\` of its own, or start over: npx telar cluster forget ${run}`;
}

function readThere(text: string): Partial<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Partial<Record<string, unknown>>;
  } catch {
    return {};
  }
}
