import { optionError } from '../../../options/check.ts';
import { describeValue } from '../../../errors/describe.ts';

export function assertRejectedSink(sink: unknown): void {
  if (sink === undefined || typeof sink === 'function') return;
  const { kind, open } = (sink ?? {}) as { kind?: unknown; open?: unknown };
  if ((kind === 'bytes' || kind === 'values') && typeof open === 'function') return;
  throw optionError(
    `Expected \`onRejected\` to be a function or a sink such as toNdjson(path), got ${describeValue(sink)}.`,
  );
}
