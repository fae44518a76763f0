import { InterruptError } from './interrupt-error.ts';
import type { RunOptions, SignalOptions } from '../stage/run-options.ts';

/** Exit codes by which a shell tells that a signal has ended a program. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type EndSignal = keyof typeof EXIT_CODES;

/** Milliseconds that items in flight have once a signal has come. */
const GRACE = 5000;

const running = new Set<Interruption>();
let received: EndSignal | undefined;

/** Lets one run end in order when the process is told to end. */
export class Interruption {
  /** Signal that fires with that of the user, or at the end of the grace time. */
  readonly signal: AbortSignal;
  /** Error with which the run has ended before its input. */
  reason: InterruptError | undefined;
  readonly #grace: number;
  readonly #controller = new AbortController();
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor({ grace = GRACE }: SignalOptions, signal: AbortSignal | undefined) {
    this.#grace = grace;
    const { signal: own } = this.#controller;
    this.signal = signal === undefined ? own : AbortSignal.any([signal, own]);
  }

  /**
   * Enters a run, if it has asked for that; to be left when the run is over.
   *
   * @throws InterruptError when a signal has come already.
   */
  static enter({ signals, signal }: RunOptions): Interruption | undefined {
    if (signals === undefined || signals === false) return undefined;
    if (received !== undefined) throw new InterruptError(received);
    const interruption = new Interruption(signals === true ? {} : signals, signal);
    if (running.size === 0) listen();
    running.add(interruption);
    return interruption;
  }

  /** @param stop - Takes no more from the source. Called once, when a signal comes or has come. */
  onStop(stop: () => void): void {
    if (this.reason !== undefined) stop();
    else this.#stop = stop;
  }

  interrupt(signal: EndSignal): void {
    const reason = new InterruptError(signal);
    this.reason = reason;
    this.#timer = setTimeout(() => this.#controller.abort(reason), this.#grace);
    this.#stop?.();
  }

  leave(): void {
    clearTimeout(this.#timer);
    running.delete(this);
    // After a signal the next one is still to end the process at once.
    if (running.size === 0 && received === undefined) {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  }
}

function listen(): void {
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}

function onSignal(signal: EndSignal): void {
  const code = EXIT_CODES[signal];
  if (received !== undefined) process.exit(code);
  received = signal;
  process.exitCode = code;
  // A program that does not catch what its run rejects with ends without a report, once it has left its `finally`s.
  if (process.listenerCount('uncaughtException') === 0) {
    process.on('uncaughtException', (thrown) => {
      if (!(thrown instanceof InterruptError)) {
        const { inspect } = process.getBuiltinModule('node:util');
        process.stderr.write(`Uncaught ${inspect(thrown)}\n`);
      }
      process.exit(code);
    });
  }
  for (const each of running) each.interrupt(signal);
}
