import { InputChanged } from '../../journal/input-changed.ts';
import type { Alarm } from './alarm.ts';
import { type FilePlace, FollowedFile, type SplitterOptions } from './followed-file.ts';
import { findFormer, findSuccessors } from './rotation.ts';

/** A line, and the place where it ends in its file. */
export interface PlacedLine {
  readonly line: string;
  readonly place: FilePlace;
}

export interface FollowOptions extends SplitterOptions {
  readonly from: 'end' | 'start' | number;
  /** Place of a line of another run behind which reading goes on, instead of at `from`. */
  readonly resumed?: FilePlace | undefined;
  readonly rotateWait: number;
  readonly signal: AbortSignal | undefined;
  /** Called once, when the follower stands where it begins: with that place, where there is a file already. */
  readonly onReady?: ((place: FilePlace | undefined) => void) | undefined;
  /** Called for each file that is opened. */
  readonly onFile?: ((identity: string) => void) | undefined;
}

/** Reads the lines of one name: of the file that has it, and of those that had it before or get it later. */
export class Follower {
  readonly #path: string;
  readonly #options: FollowOptions;
  readonly #alarm: Alarm;
  #file: FollowedFile | undefined;
  /** Files that had the name before, and are to be read first. */
  #former: string[] = [];
  /** Whether the file that is open has lost the name. */
  #isFormer = false;
  readonly #known = new Set<string>();

  constructor(path: string, options: FollowOptions, alarm: Alarm) {
    this.#path = path;
    this.#options = options;
    this.#alarm = alarm;
  }

  async *read(): AsyncGenerator<PlacedLine, undefined, undefined> {
    const { signal, onReady } = this.#options;
    signal?.throwIfAborted();
    this.#alarm.open();
    try {
      await this.#begin();
      onReady?.(this.#file?.place);
      while (!this.#alarm.isClosed) {
        signal?.throwIfAborted();
        if (this.#file === undefined) {
          // A file that appears later is new from its first byte.
          await this.#open('start');
          if (this.#file === undefined) await this.#alarm.wait();
          continue;
        }
        yield* this.#readOn();
        if (this.#isFormer) {
          yield* this.#leave();
          continue;
        }
        const change = await this.#file.look(this.#path);
        if (change === 'replaced') this.#isFormer = true;
        else if (change === 'same') await this.#alarm.wait();
      }
    } finally {
      this.#alarm.close();
      await this.#file?.close();
    }
    return undefined;
  }

  async #begin(): Promise<void> {
    const { resumed, from } = this.#options;
    if (resumed === undefined) {
      await this.#open(from);
      return;
    }
    const path = await findFormer(this.#path, resumed);
    if (path === undefined) {
      throw new InputChanged(
        `the file that followed ${this.#path} up to byte ${resumed.offset} is not there any more, under its name or another`,
      );
    }
    this.#file = await FollowedFile.open(path, resumed.offset, this.#options);
    if (this.#file === undefined) return;
    this.#note(this.#file);
    this.#isFormer = path !== this.#path;
  }

  async #open(from: 'end' | 'start' | number): Promise<void> {
    const former = this.#former.shift();
    this.#file = await FollowedFile.open(former ?? this.#path, from, this.#options);
    this.#isFormer = former !== undefined;
    if (this.#file !== undefined) this.#note(this.#file);
  }

  #note({ identity }: FollowedFile): void {
    this.#known.add(identity);
    this.#options.onFile?.(identity);
  }

  async *#readOn(): AsyncGenerator<PlacedLine, boolean, undefined> {
    const file = this.#file as FollowedFile;
    let hasRead = false;
    for (let bytes = await file.read(); bytes !== undefined; bytes = await file.read()) {
      hasRead = true;
      for (const line of file.splitter.split(bytes)) {
        this.#options.signal?.throwIfAborted();
        yield { line, place: file.place };
      }
    }
    return hasRead;
  }

  /** Leaves a file that was renamed, once it has stood still: whoever writes it may go on with it meanwhile. */
  async *#leave(): AsyncGenerator<PlacedLine, void, undefined> {
    const file = this.#file as FollowedFile;
    const { rotateWait } = this.#options;
    for (let until = performance.now() + rotateWait; performance.now() < until;) {
      if (this.#alarm.isClosed) return;
      await this.#alarm.wait(Math.max(1, rotateWait / 4));
      if (yield* this.#readOn()) until = performance.now() + rotateWait;
    }
    for (const line of file.splitter.end()) yield { line, place: file.place };
    // There may have been other files between this one and the one that has the name now.
    if (this.#former.length === 0)
      this.#former = await findSuccessors(this.#path, file.identity, this.#known);
    await file.close();
    this.#file = undefined;
  }
}
