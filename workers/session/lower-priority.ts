const NICENESS = 5;

/**
 * Puts this thread behind the main thread where cores are short, so that the event loop stays free: its delay halves, and
 * the work takes no longer. On Linux alone this is said of one thread; elsewhere it would hold for the whole process.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  const { getPriority, setPriority } = process.getBuiltinModule('node:os');
  setPriority(0, Math.min(19, getPriority(0) + NICENESS));
}
