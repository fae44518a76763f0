import { onAbort } from '../../async/on-abort.ts';
import { encodeThrown } from '../../wire/values/error.ts';
import type { AbortNote } from '../../wire/remote/protocol.ts';

/** Tells a thread when signals fire. Each signal has one listener, however many calls it was passed to. */
export class SignalRelay {
  readonly #note: (note: AbortNote) => void;
  readonly #heard = new Map<AbortSignal, { readonly ids: Set<number>; readonly stop: () => void }>();
  #count = 0;

  constructor(note: (note: AbortNote) => void) {
    this.#note = note;
  }

  add(signal: AbortSignal): number {
    this.#count++;
    const id = this.#count;
    let heard = this.#heard.get(signal);
    if (heard === undefined) {
      const ids = new Set<number>();
      const listener = (): void => {
        const reason = encodeThrown(signal.reason);
        for (const each of ids) this.#note({ type: 'NOTE', signal: each, reason });
      };
      heard = { ids, stop: onAbort(signal, listener) };
      this.#heard.set(signal, heard);
    }
    heard.ids.add(id);
    return id;
  }

  remove(id: number, signal: AbortSignal): void {
    const heard = this.#heard.get(signal);
    if (heard === undefined) return;
    heard.ids.delete(id);
    if (heard.ids.size > 0) return;
    this.#heard.delete(signal);
    heard.stop();
  }

  end(): void {
    for (const { stop } of this.#heard.values()) stop();
    this.#heard.clear();
  }
}
