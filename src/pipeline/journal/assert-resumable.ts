import { optionError } from '../../options/check.ts';
import type { Sink } from '../../bytes/sink.ts';
import { blocks, isByteSource } from '../../bytes/source.ts';
import type { Input } from '../../flow/source/open-source.ts';
import { isPositioned } from '../../flow/source/positioned.ts';
import type { Spec } from '../stage/specs.ts';

/** Throws at the call when a run cannot have a journal, and says why. */
export function assertResumable(
  input: Input<unknown>,
  specs: readonly Spec[],
  sink: Sink<never> | undefined,
): void {
  if (sink !== undefined) assertSinkResumes(sink, '.to()');
  for (const spec of specs) {
    if (spec.kind === 'onError' && typeof spec.sink === 'object') assertLettersResume(spec.sink);
  }
  if (isByteSource(input) && input[blocks].describe === undefined) {
    throw optionError('This source cannot be read again where a run ended: do without `journal`.');
  }
  if (isPositioned(input)) assertHoldsNothing(specs);
}

/** Throws when a stage holds what came before: such a stage makes it anew from the first item when a run goes on. */
function assertHoldsNothing(specs: readonly Spec[]): void {
  const merge = specs.find(({ kind }) => kind === 'groupBy' || kind === 'distinct');
  if (merge === undefined) return;
  throw optionError(
    `A run with .${merge.kind}() begins anew from the first item where it goes on, and this source has it no more: do without \`journal\`.`,
  );
}

function assertLettersResume(sink: Sink<never>): void {
  assertSinkResumes(sink, '.onError()');
  if (sink.resumable?.keepsPoint === true) {
    throw optionError(
      'The sink of .onError() is a table, into which a run with a journal might write a dead letter twice: give it a file, such as toNdjson(path).',
    );
  }
}

function assertSinkResumes(sink: Sink<never>, where: string): void {
  const { resumable } = sink;
  if (resumable === undefined) {
    throw optionError(
      `The sink of ${where} cannot go on where a run ended, so it takes no run with a journal. ` +
        `Those that can: toLines, toNdjson and toCsv into a file, copyInto and insertInto.`,
    );
  }
  if (resumable.refusal !== undefined) {
    throw optionError(
      `The sink of ${where} cannot go on where a run ended, so it takes no run with a journal: ${resumable.refusal}.`,
    );
  }
}
