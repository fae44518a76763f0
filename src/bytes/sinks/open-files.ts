/** Paths of the files that sinks of this program are writing, with all links followed. */
const open = new Set<string>();

/**
 * Takes a file for one sink. Returns a function that lets another have it, once, however often it is called. Of two sinks with one file, such as the results and the dead letters of a
 * run, the one that ends last would replace what the other has written, without a word.
 */
export function claimFile(path: string): () => void {
  if (open.has(path)) {
    throw new Error('another sink of this program is writing it. Give each sink a file of its own.');
  }
  open.add(path);
  let isHeld = true;
  return () => {
    if (isHeld) open.delete(path);
    isHeld = false;
  };
}
