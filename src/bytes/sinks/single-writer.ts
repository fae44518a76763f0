import { createEncoder } from '../encode/encoder.ts';
import type { Checkpoints, Sink, SinkRun } from '../sink.ts';

/** Takes values one by one for a sink, whether that is of values or of bytes. Calls do not overlap. */
export interface SingleWriter<T> extends Partial<Pick<Checkpoints, 'pause'>> {
  write(value: T): Promise<void>;
  end(): Promise<void>;
  abort(): Promise<void>;
  checkpoint?(): Promise<unknown>;
}

/**
 * Opens a sink for values that come now and then, such as failures: they are encoded here, on the main thread.
 *
 * @param run - Run with a journal that the sink is a part of.
 */
export async function openSingleWriter<T>(sink: Sink<T>, run?: SinkRun): Promise<SingleWriter<T>> {
  if (sink.kind === 'values') {
    const writer = run === undefined ? await sink.open() : await sink.resumable?.open(run);
    if (writer === undefined) throw cannotResume();
    return finishWith(writer, (value) => writer.write([value]));
  }
  const writer = run === undefined ? await sink.open() : await sink.resumable?.open(run);
  if (writer === undefined) throw cannotResume();
  const encoder = createEncoder(writer.format);
  return finishWith(writer, async (value) => {
    encoder.write(value);
    await writer.write(encoder.take(), 1, encoder.columns);
  });
}

type Ends = Pick<SingleWriter<never>, 'end' | 'abort'>;

function finishWith<T>(
  writer: Ends & Partial<Checkpoints>,
  write: SingleWriter<T>['write'],
): SingleWriter<T> {
  const { checkpoint, pause } = writer;
  return {
    write,
    end: () => writer.end(),
    abort: () => writer.abort(),
    ...(checkpoint === undefined ? {} : { checkpoint: () => writer.checkpoint?.(undefined) ?? NOTHING }),
    ...(pause === undefined ? {} : { pause: () => writer.pause?.() ?? NOTHING }),
  };
}

const NOTHING: Promise<void> = Promise.resolve();

function cannotResume(): TypeError {
  return new TypeError('The sink cannot resume.');
}
