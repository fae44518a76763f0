import type { Progress } from '../../../src/index.ts';
import { describeBytes, describeCount, describeTime } from './units.ts';

const REDRAW_EVERY = 200;
const LINE_EVERY = 5000;
const WIDTH = 24;

/**
 * Shows on stderr how much of the work is done, by bytes: files differ in size by a factor of a million, so that
 * their number alone, which `progress: true` would show, says little. Where nothing can be redrawn, a line every
 * five seconds. Has a timer until it is closed.
 */
export class ProgressBar {
  readonly #bytes: number;
  readonly #files: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #canRedraw: boolean;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout;
  #written = 0;
  #done = 0;

  constructor(files: number, bytes: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#files = files;
    this.#bytes = bytes;
    this.#stream = stream;
    this.#canRedraw = stream.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
    // By the clock, since the first and largest files take seconds in which no outcome comes.
    this.#timer = setInterval(() => this.#show(), this.#canRedraw ? REDRAW_EVERY : LINE_EVERY);
    if (this.#canRedraw) this.#show();
  }

  /** A row was written. */
  advance(bytes: number): void {
    this.#written += bytes;
  }

  /** Takes what `onProgress` tells. */
  note({ done }: Progress): void {
    this.#done = done;
  }

  /** Leaves nothing of the bar on the terminal. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#canRedraw) this.#stream.write('\r\u001B[K');
  }

  #show(): void {
    const share = this.#bytes === 0 ? 1 : Math.min(1, this.#written / this.#bytes);
    const filled = Math.round(share * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    const text = this.#describe(share);
    this.#stream.write(this.#canRedraw ? `\r\u001B[K${bar} ${text}` : `${text}\n`);
  }

  #describe(share: number): string {
    const elapsed = performance.now() - this.#start;
    const files = `${describeCount(this.#done)} of ${describeCount(this.#files)} files`;
    // The rate of the first rows says nothing yet.
    const left =
      share > 0.1 ? `${describeTime((elapsed / share) * (1 - share))} left` : describeTime(elapsed);
    return `${Math.floor(share * 100)} % of ${describeBytes(this.#bytes)}, ${files}, ${left}`;
  }
}
