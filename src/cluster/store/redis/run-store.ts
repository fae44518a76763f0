import type { Redis } from './connection.ts';
import type {
  Begun,
  EpochState,
  Lease,
  NewChunk,
  Opened,
  OpenTerms,
  RefusedOpen,
  RunStore,
} from '../store.ts';
import { LEASE } from '../store.ts';
import { keyOf, nameOf, newsOf } from './names.ts';
import { RUN_KEYS, scripts } from './scripts.ts';

type Command = (...args: (string | number | Uint8Array)[]) => Promise<unknown>;

/** Runs on a Redis or Valkey server. */
export class RedisRuns implements RunStore {
  readonly #client: Redis;
  readonly #queue: string;

  constructor(client: Redis, queue: string) {
    this.#client = client;
    this.#queue = queue;
    for (const [name, definition] of Object.entries(scripts)) client.defineCommand(name, definition);
  }

  async open(run: string, { head, caller, keep }: OpenTerms): Promise<Opened | RefusedOpen> {
    const answer = (await this.#call('telarOpen', run, head, caller, LEASE, keep)) as unknown[];
    const [kind, value, pairs] = answer;
    if (kind === 'mismatch') return { kind, head: String(value) };
    if (kind === 'in-use') return { kind, caller: String(value) };
    await this.#client.sadd(nameOf(this.#queue, 'runs'), run);
    const committed = new Map<number, string>();
    let next = 0;
    for (const [field, text] of readPairs(pairs as string[])) {
      if (field === 'next') next = Number(text);
      else committed.set(Number(field), text);
    }
    return { kind: 'opened', epoch: Number(value), next, committed };
  }

  async renew(run: string, { epoch, caller, keep }: Lease): Promise<EpochState> {
    return (await this.#call('telarRenew', run, epoch, caller, LEASE, keep)) as EpochState;
  }

  async put(run: string, terms: Lease, chunks: readonly NewChunk[]): Promise<EpochState> {
    const { epoch, caller, keep } = terms;
    const args = chunks.flatMap(({ number, meta, input }) => [number, meta, asBuffer(input)]);
    return (await this.#call('telarPut', run, epoch, caller, LEASE, keep, ...args)) as EpochState;
  }

  async take(run: string, numbers: readonly number[]): Promise<Map<number, Buffer>> {
    const taken = new Map<number, Buffer>();
    if (numbers.length === 0) return taken;
    const outputs = await this.#client.hmgetBuffer(keyOf(this.#queue, run, 'out'), ...numbers.map(String));
    outputs.forEach((output, at) => {
      if (output !== null) taken.set(numbers[at] as number, output);
    });
    return taken;
  }

  async findOutstanding(run: string, numbers: readonly number[]): Promise<Set<number>> {
    const pipeline = this.#client.pipeline();
    for (const number of numbers) pipeline.hexists(keyOf(this.#queue, run, 'in'), String(number));
    const answers = (await pipeline.exec()) ?? [];
    const found = new Set<number>();
    answers.forEach(([error, isThere], at) => {
      if (error !== null) throw error;
      if (isThere === 1) found.add(numbers[at] as number);
    });
    return found;
  }

  async drop(run: string, numbers: readonly number[]): Promise<void> {
    if (numbers.length > 0) await this.#call('telarDrop', run, ...numbers);
  }

  async leave(run: string, epoch: number): Promise<void> {
    if ((await this.#call('telarLeave', run, epoch)) !== 1) return;
    await this.#client.publish(nameOf(this.#queue, 'ended'), run);
  }

  async end(run: string, epoch: number): Promise<void> {
    if ((await this.#call('telarEnd', run, epoch)) !== 1) return;
    await this.#client.srem(nameOf(this.#queue, 'runs'), run);
    await this.#client.publish(nameOf(this.#queue, 'ended'), run);
  }

  async begin(run: string, number: number): Promise<Begun | undefined> {
    const answer = (await this.#call('telarBeginBuffer', run, number)) as
      | [Buffer, Buffer, Buffer, Buffer | null, number]
      | null;
    if (answer === null) return undefined;
    const [head, meta, input, part, starts] = answer;
    return {
      head: head.toString(),
      meta: meta.toString(),
      input,
      part: part ?? undefined,
      starts: Number(starts),
    };
  }

  async note(run: string, number: number, part: Uint8Array): Promise<void> {
    await this.#call('telarNote', run, number, asBuffer(part));
  }

  async release(run: string, number: number): Promise<void> {
    await this.#call('telarRelease', run, number);
  }

  async commit(run: string, number: number, output: Uint8Array): Promise<boolean> {
    return (await this.#call('telarCommit', run, number, asBuffer(output), newsOf(this.#queue, run))) === 1;
  }

  async #call(script: string, run: string, ...args: (string | number | Uint8Array)[]): Promise<unknown> {
    const keys = RUN_KEYS.map((key) => keyOf(this.#queue, run, key));
    const command = (this.#client as unknown as Record<string, Command>)[script] as Command;
    return await command.call(this.#client, ...keys, ...args);
  }
}

function readPairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [
    flat[2 * at] as string,
    flat[2 * at + 1] as string,
  ]);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
