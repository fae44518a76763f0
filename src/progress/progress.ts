import { requireOwn } from '../machine/own-files.ts';
/** Progress of a run. */
export interface Progress {
  /** Items that have their outcome. */
  readonly done: number;
  readonly failed: number;
  /** Items in the input, where their number is known. */
  readonly total: number | undefined;
  /** Milliseconds since the call. */
  readonly elapsed: number;
}

const REDRAW_EVERY = 100;
const LINE_EVERY = 5000;

/** Tells listeners how far a run is, not more often than anybody can read. */
export class ProgressReport {
  readonly #listeners: ((progress: Progress) => void)[];
  readonly #read: () => Progress;
  #last = -Infinity;

  constructor(read: () => Progress, listeners: ((progress: Progress) => void)[]) {
    this.#read = read;
    this.#listeners = listeners;
  }

  /** Tells the listeners how far the run is, unless they were told within the last 100 ms. */
  note(): void {
    const now = performance.now();
    if (now - this.#last < REDRAW_EVERY) return;
    this.#last = now;
    this.#tell();
  }

  /** Tells the listeners that the run is over: the last word is always heard. */
  end(): void {
    this.#tell();
  }

  #tell(): void {
    const progress = this.#read();
    for (const listener of this.#listeners) listener(progress);
  }
}

/** Options that say who is told how far a run is. */
export interface ProgressOptions {
  readonly progress?: boolean | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Receiver of what a run tells of its progress; a run that nobody listens to has none. */
export interface ProgressWatch {
  note(): void;
  end(): void;
}

export function watchProgress(options: ProgressOptions, read: () => Progress): ProgressWatch | undefined {
  const display = options.progress === true ? openDisplay() : undefined;
  const listeners = [options.onProgress, display?.show.bind(display)].filter(
    (listener) => listener !== undefined,
  );
  if (listeners.length === 0) return undefined;
  const report = new ProgressReport(read, listeners);
  return {
    note: () => report.note(),
    end: () => {
      try {
        report.end();
      } finally {
        display?.close();
      }
    },
  };
}

/** Display on stderr that `progress: true` asks for. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  close(): void;
}

/** Opens a bar on a terminal that can redraw; elsewhere, a display that writes a line now and then. */
export function openDisplay(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  const canRedraw =
    stream.isTTY && !process.env['CI'] && process.env['TERM'] !== 'dumb' && stream.columns > 0;
  return canRedraw ? openBar(stream) : openLines(stream);
}

function openBar(stream: NodeJS.WriteStream): ProgressDisplay {
  // cli-progress 3.12.0 is loaded only where somebody wants to see it.
  const { SingleBar } = requireOwn('cli-progress', import.meta.url) as typeof import('cli-progress');
  const bar = new SingleBar({
    stream,
    format: (_options, { progress: share }, payload: Partial<Progress>) =>
      describe(payload as Progress, share),
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
    gracefulExit: false,
    linewrap: null,
  });
  let isStarted = false;
  return {
    show(progress) {
      const total = progress.total ?? progress.done;
      if (!isStarted) bar.start(Math.max(1, total), progress.done, progress);
      isStarted = true;
      bar.setTotal(Math.max(1, total));
      bar.update(progress.done, progress);
    },
    close() {
      if (isStarted) bar.stop();
    },
  };
}

function openLines(stream: NodeJS.WriteStream): ProgressDisplay {
  let next = LINE_EVERY;
  let last: Progress | undefined;
  return {
    show(progress) {
      last = progress;
      if (progress.elapsed < next) return;
      next = progress.elapsed + LINE_EVERY;
      stream.write(`${describe(progress)}\n`);
    },
    close() {
      // A run that was over before its first line was due needs no line.
      if (last !== undefined && next > LINE_EVERY) stream.write(`${describe(last)}\n`);
    },
  };
}

const BAR_WIDTH = 30;

function describe({ done, total, failed, elapsed }: Progress, share?: number): string {
  const count =
    total === undefined
      ? done.toLocaleString('en')
      : `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
  const rate = Math.round(done / Math.max(0.001, elapsed / 1000)).toLocaleString('en');
  const failures = failed > 0 ? `, ${failed.toLocaleString('en')} failed` : '';
  const left =
    total === undefined || done === 0
      ? ''
      : `, ${(((elapsed / done) * (total - done)) / 1000).toFixed(0)} s left`;
  const filled = share === undefined || total === undefined ? undefined : Math.round(share * BAR_WIDTH);
  const bar = filled === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} `;
  return `${bar}${count} items, ${rate} a second${failures}${left}`;
}
