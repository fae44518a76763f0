/** Lets whoever has started a run end it in order: it takes no more from its source, and what was taken goes on to its end. */
export class StopSwitch {
  /** Whether the run was told to end. */
  isOff = false;
  #stop: (() => void) | undefined;

  /**
   * @param stop - Takes no more from the source. Called once, when the run is told to end, or at once where it was told
   * to.
   */
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
