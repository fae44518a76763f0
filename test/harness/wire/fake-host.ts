import { WorkerRecord } from '../../../src/flow/hosts/worker-record.ts';
import type { HostedSession, SessionEnd, SessionHost } from '../../../src/flow/hosts/host.ts';
import type { ChunkMessage, FromWorker, ToWorker } from '../../../src/wire/message/message.ts';
import { SharedSlots } from '../../../src/wire/slots/shared-slots.ts';

/** A worker that says and does what the test tells it to. */
export class FakeWorker {
  readonly slots: SharedSlots = new SharedSlots();
  readonly record: WorkerRecord = new WorkerRecord(1);
  readonly sent: ToWorker[] = [];
  isTerminated = false;
  say: (message: FromWorker) => void = () => {};
  sayUnreadable: (thrown: unknown) => void = () => {};
  end!: (end: SessionEnd) => void;

  /** The chunks that it was sent. */
  get chunks(): ChunkMessage[] {
    return this.sent.filter((message) => message.type === 'chunk');
  }

  /** Answers a chunk: `ran` of its items, each with an outcome. */
  answer(chunk: number, ran: number, values: readonly unknown[] = Array.from({ length: ran })): void {
    this.say({
      type: 'answer',
      chunk,
      ran,
      values: { kind: 'values', values: [...values] },
      payload: undefined,
      encoded: undefined,
      bytes: 0,
      compute: 0,
      load: 0,
    });
  }
}

/** Opens sessions with fake workers. */
export class FakeHost implements SessionHost {
  readonly size: number;
  readonly workers: FakeWorker[] = [];
  readonly idle = 0;

  constructor(size: number) {
    this.size = size;
  }

  open(): HostedSession {
    const worker = new FakeWorker();
    this.workers.push(worker);
    const ended = new Promise<SessionEnd>((resolve) => (worker.end = resolve));
    return {
      port: {
        transfers: true,
        listen: (onMessage, onUndecodable) => {
          worker.say = onMessage;
          worker.sayUnreadable = onUndecodable;
        },
        post: (message) => {
          worker.sent.push(message);
          if (message.type === 'end') worker.end({ kind: 'ended' });
        },
        close: () => {},
      },
      slots: worker.slots,
      record: worker.record,
      ended,
      worker: 'warm',
      terminate: () => {
        worker.isTerminated = true;
        return undefined;
      },
    };
  }

  async close(): Promise<void> {}
}
