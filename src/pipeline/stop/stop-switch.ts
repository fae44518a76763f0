/** Lets whoever has started a run end it in order: it takes no more from its source, and what was taken goes on to its end. */
export class StopSwitch {
  /** Whether it was told to end. */
  isOff = false;
  #stop: (() => void) | undefined;

  /** @param stop - Takes no more from the source. Called once, when it is told to, or at once where it was. */
  onStop(stop: () => void): void {
    if (this.isOff) stop();
    else this.#stop = stop;
  }

  turnOff(): void {
    if (this.isOff) return;
    this.isOff = true;
    this.#stop?.();
  }
}
