import { createEncoder } from '../../bytes/encode/encoder.ts';
import type { EncodedFormat } from '../../bytes/format.ts';
import type { CallSite } from '../../errors/call-site.ts';
import { Failures } from '../../flow/failure/failures.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { Flow, Page } from './flow.ts';
import type { Position } from '../position/position.ts';
import { PageFlow } from './page-flow.ts';
import type { OpenedFlow } from '../position/tracker.ts';
import type { DeadLetters } from '../stage/dead-letters.ts';
import type { StageCount } from '../stage/pipeline-counts.ts';

/** Encodes results on this thread: they are here already, and a trip would cost more than it saves. */
export function encodePages(
  pages: Flow<Page>,
  format: EncodedFormat,
  opened: OpenedFlow,
  letters: DeadLetters | undefined,
  { count, callSite }: { readonly count: StageCount; readonly callSite: CallSite },
): Flow<Collected> {
  const encoder = createEncoder(format);
  const policy = opened.policyOf(letters);
  const failures = new Failures({ callSite, limitOf: () => undefined });
  let { index } = opened;
  const encode = async (page: Page): Promise<Collected> => {
    let written = 0;
    for (let at = 0; at < page.length; at++) {
      const item = page[at];
      try {
        encoder.write(item);
        written++;
      } catch (cause) {
        count.failed++;
        const named = { index, attempts: 1, stage: count.name };
        const error = failures.ofTask({ index, attempts: 1, item, named }, cause);
        if (policy === undefined) throw error;
        await policy.write({ stage: count.name, item, error });
      } finally {
        index++;
        count.items++;
      }
    }
    const { columns } = encoder;
    return { kind: 'bytes', bytes: encoder.take(), count: written, columns, isLent: false };
  };
  const { tracking } = opened;
  if (tracking === undefined) return new PageFlow(pages, encode);
  return new PageFlow(pages, encode, (before): Position => ({
    before,
    index,
    skip: 0,
    letters: tracking.countDeadLetters(),
  }));
}

export function describeEncoding(format: EncodedFormat): string {
  return `to ${format.kind}`;
}
