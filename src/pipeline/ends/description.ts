import type { Input } from '../../flow/source/open-source.ts';
import { keepHere } from '../../realm/stays-here.ts';
import type { Spec } from '../stage/specs.ts';

/** A pipeline as it was described: each of its ends runs it anew. */
export interface Description {
  readonly input: Input<unknown>;
  readonly specs: readonly Spec[];
}

/** Describes a pipeline. A task cannot take the pipeline along, whose functions run on this thread as well. */
export function describe(pipeline: object, input: Input<unknown>, specs: readonly Spec[]): Description {
  keepHere(pipeline, {
    noun: 'a pipeline',
    fix: 'Build it in the task, which may run one, or run it first and pass what it gives.',
  });
  return { input, specs };
}
