import { readFileSync } from 'node:fs';
import type { SessionEnd } from '../hosts/host.ts';

/** Words of V8 and Node before they give up; only the end of what a child said is kept, `KEPT` bytes. */
const OUT_OF_MEMORY = /heap out of memory|Allocation failed|process OOM|out of memory/;
const KEPT = 16 * 1024;
/**
 * An error as Node prints it: `TypeError [ERR_CODE]: what is wrong`, on any number of lines, and the frames of its
 * stack.
 */
const PRINTED_ERROR =
  /^(?<name>[A-Z]\w*)(?: \[(?<code>\w+)\])?: (?<message>.*(?:\n(?! {4}at ).*)*)\n(?<frames>(?: {4}at .*\n?)+)/gm;

/** Keeps the last of what a child says on stderr: it may say why the child died. */
class StderrTail {
  #text = '';

  add(piece: Uint8Array): void {
    this.#text = (this.#text + Buffer.from(piece).toString('latin1')).slice(-KEPT);
  }

  /**
   * Returns the error that Node has printed last, with its stack: nothing else tells what a child threw before it could
   * speak.
   */
  findError(): Error | undefined {
    const printed = [...this.#text.matchAll(PRINTED_ERROR)].at(-1)?.groups;
    if (printed === undefined) return undefined;
    const { name = 'Error', code, message = '', frames = '' } = printed;
    const error: Error & { code?: string } = new Error(message);
    error.name = name;
    if (code !== undefined) error.code = code;
    error.stack = `${name}: ${message}\n${frames.trimEnd()}`;
    return error;
  }

  get tellsOfMemory(): boolean {
    return this.#text.includes('FATAL ERROR') && OUT_OF_MEMORY.test(this.#text);
  }
}

/** Finds out why a child ended: the first cause that is known for sure counts; else its exit and its last words. */
export class EndCause {
  readonly #stderr = new StderrTail();
  readonly #kernelKills = countKernelKills();
  #known: SessionEnd | undefined;
  #isTerminated = false;

  /** Takes in a piece of what the child says on stderr. */
  addStderr(piece: Uint8Array): void {
    this.#stderr.add(piece);
  }

  /** Notes why the child is ended now. */
  note(end: SessionEnd): void {
    this.#known ??= end;
  }

  /** Notes that the child was told to end, which is the cause unless there is another. */
  noteTerminated(): void {
    this.#isTerminated = true;
  }

  /** @param hasHeard - Whether the child has said anything. */
  describe(code: number | null, signal: NodeJS.Signals | null, hasHeard: boolean): SessionEnd {
    if (this.#known !== undefined) return this.#known;
    if (this.#isTerminated) return { kind: 'terminated' };
    const end = this.#describeExit(code, signal);
    // Code that is preloaded can throw in the child what nobody catches; tasks cannot.
    return end.kind === 'exit' && !hasHeard ? { ...end, thrown: this.#stderr.findError() } : end;
  }

  /** Describes an end that nobody had asked for. */
  #describeExit(code: number | null, signal: NodeJS.Signals | null): SessionEnd {
    if (this.#stderr.tellsOfMemory) return { kind: 'out-of-memory', thrown: new Error('the heap was full') };
    if (signal === 'SIGKILL' && countKernelKills() > this.#kernelKills) {
      return { kind: 'out-of-memory', thrown: new Error('the system killed it, for want of memory') };
    }
    if (code !== null) return { kind: 'exit', exitCode: code };
    return { kind: 'crash', thrown: new Error(`its process was ended by ${signal ?? 'an unknown signal'}`) };
  }
}

/**
 * Counts how often the kernel has killed a process of this container for want of memory (Linux, cgroup v2, else the
 * machine).
 */
function countKernelKills(): number {
  const [, cgroup] = /^oom_kill (\d+)/m.exec(read('/sys/fs/cgroup/memory.events')) ?? [];
  const [, machine] = /^oom_kill (\d+)/m.exec(read('/proc/vmstat')) ?? [];
  return Number(cgroup ?? 0) + Number(machine ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
