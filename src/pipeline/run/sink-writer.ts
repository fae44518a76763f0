import type { ByteWriter, Checkpoints, Sink, SinkRun, ValueWriter } from '../../bytes/sink.ts';
import { describeValue } from '../../errors/describe.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { EndForm } from './composed.ts';
import type { SinkWriter } from './job.ts';

/** A sink that is open; with `Checkpoints` where its run has a journal. */
export type Writer = (ByteWriter | ValueWriter<never>) & Checkpoints;

/** Opens a sink that can resume. */
export async function openWriter({ resumable }: Sink<never>, run: SinkRun): Promise<Writer> {
  if (resumable === undefined) throw new TypeError('The sink cannot go on where a run ended.');
  return assertWriter(await resumable.open(run));
}

/** Returns what a sink has opened, if it is a writer: results that went nowhere would be lost without a word. */
export function assertWriter<W>(writer: W): W {
  for (const call of ['write', 'end', 'abort']) {
    if (typeof (Object(writer) as Record<string, unknown>)[call] === 'function') continue;
    throw new TypeError(
      `Expected open() of the sink to give a writer with write(), end() and abort(), got ${describeValue(writer)}.`,
    );
  }
  return writer;
}

/** Chooses the form in which a sink is to be given the results. */
export function chooseEnd(writer: ByteWriter | ValueWriter<never> | undefined): EndForm {
  if (writer === undefined) return { kind: 'count' };
  if (!('format' in writer)) return { kind: 'values' };
  return { kind: 'bytes', format: writer.format, freesBytes: writer.freesBytes };
}

/** Makes the writer that takes portions into a sink, or drops them. */
export function makeSinkWriter(writer: ByteWriter | ValueWriter<never> | undefined): SinkWriter {
  if (writer === undefined) return { take: () => {} };
  return {
    isAtomic: 'isAtomic' in writer && writer.isAtomic === true,
    take: (portion) => writePortion(writer, portion),
    end: () => writer.end(),
  };
}

async function writePortion(writer: ByteWriter | ValueWriter<never>, portion: Collected): Promise<void> {
  if (portion.count === 0) return;
  if (portion.kind === 'bytes') {
    await (writer as ByteWriter).write(portion.bytes, portion.count, portion.columns);
  } else if (portion.kind === 'values') {
    await (writer as ValueWriter<unknown>).write(Array.from(unpackValues(portion.values)));
  }
}
