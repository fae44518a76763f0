import type { ByteWriter, Checkpoints, Sink, SinkRun, ValueWriter } from '../../bytes/sink.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { Collected } from '../../wire/message/payload.ts';
import type { EndForm } from './composed.ts';
import type { SinkWriter } from './job.ts';

/** A sink that is open; with `Checkpoints` where its run has a journal. */
export type Writer = (ByteWriter | ValueWriter<never>) & Checkpoints;

/** Opens a sink that can resume. */
export async function openWriter({ resumable }: Sink<never>, run: SinkRun): Promise<Writer> {
  if (resumable === undefined) throw new TypeError('The sink cannot go on where a run ended.');
  return await resumable.open(run);
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
