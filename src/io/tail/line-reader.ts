import { resolve } from 'node:path';
import { createDeferred } from '../../async/deferred.ts';
import type { PlacedItem, PositionedReader } from '../../flow/source/positioned.ts';
import { Alarm } from './alarm.ts';
import { type PlacedLine, Follower } from './follow.ts';
import type { FilePlace } from './followed-file.ts';
import { ReadFiles } from './rotation.ts';
import type { ResolvedTail } from './tail-options.ts';

/** Things that the readers of one pattern share. */
export interface Group {
  readonly read?: ReadFiles;
  /** Lists all files of the pattern. */
  readonly list?: () => Promise<readonly string[]>;
}

/** Reads the lines of one log, each with the place where it ends. */
export function readLines(
  path: string,
  options: ResolvedTail,
  resumed: FilePlace | undefined,
  isTracked: boolean,
  { read = new ReadFiles(), list }: Group = {},
): PositionedReader<string> & { return(): Promise<unknown> } {
  const ready = createDeferred<FilePlace | undefined>();
  ready.promise.catch(() => {});
  const alarm = new Alarm(resolve(path), options.interval, options.signal);
  const follower = new Follower(
    resolve(path),
    {
      ...options,
      resumed,
      isTracked,
      read,
      list,
      onReady: (place) => {
        ready.resolve(place);
        options.onReady?.();
      },
    },
    alarm,
  );
  const lines = follower.read();
  let first: Promise<IteratorResult<PlacedLine, undefined>> | undefined;
  const pull = async (): Promise<IteratorResult<PlacedItem<string>, undefined>> => {
    const waiting = first ?? lines.next();
    first = undefined;
    const step = await waiting;
    return step.done === true
      ? step
      : { done: false, value: { item: step.value.line, place: step.value.place } };
  };
  const leave = async (): Promise<IteratorResult<PlacedItem<string>, undefined>> => {
    // A generator that waits would hear that it is left only when the file grows.
    alarm.close();
    await lines.return(undefined);
    return { done: true, value: undefined };
  };
  let position: FilePlace | undefined = resumed;
  return {
    get ready() {
      // The follower opens its file when it is asked for the first line.
      first ??= lines.next();
      first.catch(ready.reject);
      return ready.promise.then((place) => void (position ??= place));
    },
    move: (places) => (position = (places.at(-1) as FilePlace | undefined) ?? position),
    return: leave,
    [Symbol.asyncIterator]: () => ({ next: pull, return: leave }),
  };
}
