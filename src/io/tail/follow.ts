import { InputChanged } from '../../journal/input-changed.ts';
import type { Alarm } from './alarm.ts';
import {
  type FilePlace,
  FollowedFile,
  type LeftFile,
  readFileStatus,
  type SplitterOptions,
} from './followed-file.ts';
import { findFormer, findSuccessor, type ReadFiles } from './rotation.ts';

/** Most times that a file is looked for and opened, while names change in between. */
const MOST_OPENED = 10;

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
  /** Files that are read already, by this follower or by others. */
  readonly read: ReadFiles;
  /** Lists all files of the pattern that the name belongs to. */
  readonly list?: (() => Promise<readonly string[]>) | undefined;
}

/** Reads the lines of one name: of the file that has it, and of those that had it before or get it later. */
export class Follower {
  readonly #path: string;
  readonly #options: FollowOptions;
  readonly #alarm: Alarm;
  #file: FollowedFile | undefined;
  /** Whether the file that is open has lost the name. */
  #isFormer = false;
  /** The file that was left last, whose successors come next. */
  #left: LeftFile | undefined;
  /** Files that were left, and have names of the same pattern now. */
  #allLeft: readonly LeftFile[];

  constructor(path: string, options: FollowOptions, alarm: Alarm) {
    this.#path = path;
    this.#options = options;
    this.#alarm = alarm;
    this.#allLeft = options.resumed?.left ?? [];
  }

  async *read(): AsyncGenerator<PlacedLine, undefined, undefined> {
    const { signal, onReady } = this.#options;
    signal?.throwIfAborted();
    this.#alarm.open();
    try {
      await this.#begin();
      onReady?.(this.#file && this.#place(this.#file));
      while (!this.#alarm.isClosed) {
        signal?.throwIfAborted();
        if (this.#file === undefined) {
          await this.#openNext();
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
    if (resumed !== undefined) {
      await this.#goOn(resumed);
      return;
    }
    const file = (this.#file = await FollowedFile.open(this.#path, from, this.#options));
    if (file !== undefined && !(await this.#take(this.#path, file))) await this.#leaveFile();
  }

  /** Opens the file that another run was in, at its place. */
  async #goOn(place: FilePlace): Promise<void> {
    const { list, read } = this.#options;
    for (let tries = 0; tries < MOST_OPENED; tries++) {
      // While names change a file may be missed that is there.
      const path = await findFormer(this.#path, place, (await list?.()) ?? []);
      if (path === undefined) continue;
      const file = (this.#file = await FollowedFile.open(path, place.offset, this.#options));
      this.#isFormer = path !== this.#path;
      if (file === undefined && place.offset === 0) return;
      const { offset, digest } = file?.place ?? {};
      if (file !== undefined && offset === place.offset && digest === place.digest) {
        const done = await read.enter(path, file);
        if (done === undefined || (done !== 'open' && done <= place.offset)) return;
        // Another follower took it over from this one, and has come further.
        if (done !== 'open') read.release(file.identity);
        this.#left = { ...place, madeAt: '0' };
        await this.#leaveFile();
        return;
      }
      // Between the two the path has become that of another file.
      await this.#leaveFile();
    }
    throw new InputChanged(
      `the file that followed ${this.#path} up to byte ${place.offset} is not there any more, under its name or another`,
    );
  }

  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /**
   * Opens the file that had the name after the one that was left, or has it now. One that appears later is new from its
   * first byte.
   */
  async #openNext(): Promise<void> {
    const { read } = this.#options;
    for (let tries = 0; tries < MOST_OPENED && this.#file === undefined; tries++) {
      // The file is opened before others are looked for, so that none that loses the name meanwhile is passed over.
      const now = (this.#file = await FollowedFile.open(this.#path, 'start', this.#options));
      const former = this.#left && (await findSuccessor(this.#path, this.#left, now, read));
      if (former !== undefined) {
        await this.#leaveFile();
        this.#file = await FollowedFile.open(former.path, 'start', this.#options);
      }
      this.#isFormer = former !== undefined;
      if (this.#file === undefined) {
        if (former === undefined) return;
      } else if (former === undefined) {
        if (!(await this.#take(this.#path, this.#file))) await this.#leaveFile();
        return;
      } else if (
        // The path may have become that of another file.
        this.#file.identity !== former.identity ||
        !(await this.#take(former.path, this.#file))
      ) {
        await this.#leaveFile();
      }
    }
  }

  /** Takes a file, and goes to where reading begins; resolves to false where another follower has it. */
  async #take(path: string, file: FollowedFile): Promise<boolean> {
    const done = await this.#options.read.enter(path, file);
    if (typeof done === 'number') await file.goTo(done);
    return done !== 'open';
  }

  async *#readOn(): AsyncGenerator<PlacedLine, boolean, undefined> {
    const file = this.#file as FollowedFile;
    let hasRead = false;
    for (let bytes = await file.read(); bytes !== undefined; bytes = await file.read()) {
      hasRead = true;
      for (const line of file.splitter.split(bytes)) {
        this.#options.signal?.throwIfAborted();
        yield { line, place: this.#place(file) };
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
    for (const line of file.splitter.end()) yield { line, place: this.#place(file) };
    this.#left = await file.readMark();
    this.#options.read.leave(this.#left);
    await this.#leaveFile();
    await this.#keepLeft(this.#left);
  }

  /** Notes a file that was left, for a run that goes on from a later place; of others those that are still there. */
  async #keepLeft(left: LeftFile): Promise<void> {
    const { list } = this.#options;
    if (list === undefined) return;
    const there = new Set<string>();
    for (const path of await list()) there.add((await readFileStatus(path))?.identity ?? '');
    this.#allLeft = [...this.#allLeft, left].filter(({ file }) => there.has(file));
  }

  #place(file: FollowedFile): FilePlace {
    return this.#allLeft.length === 0 ? file.place : { ...file.place, left: this.#allLeft };
  }
}
