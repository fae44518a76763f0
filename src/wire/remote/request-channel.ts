import { isPromise } from 'node:util/types';
import { wrap } from 'comlink';
import type { MessagePort, Transferable } from 'node:worker_threads';
import { encodeThrown } from '../values/error.ts';
import { takeMessage } from '../message/take-message.ts';
import { collectTransfers, forgetTransfers } from '../values/transfer.ts';
import { findUncloneable, TOO_DEEP } from '../values/uncloneable.ts';
import {
  packNote,
  packOutcome,
  packRequest,
  packUnread,
  type Packet,
  sealPacket,
  unpack,
  type Unpacked,
} from './packet.ts';
import type { AbortNote, RequestOutcome } from './protocol.ts';
import { type Sent, SentLog } from './sent-log.ts';

/** A message of comlink 4.4.2, as far as it is let through. */
interface Message<Id> {
  readonly type: string;
  readonly id: Id;
  readonly path?: readonly string[];
  readonly argumentList?: readonly [{ readonly type: string; readonly value: unknown }];
  readonly value?: unknown;
}

type Listener = (event: { readonly data: Message<unknown> }) => void;
type Ask = (request: unknown) => Promise<RequestOutcome>;

export interface ChannelEnds<Served> {
  /** Answers a request of the other side. What `serve` throws is sent as well. */
  readonly serve: (request: Served) => RequestOutcome | Promise<RequestOutcome>;
  readonly onNote?: (note: AbortNote) => void;
  /**
   * Called when the other side cannot be trusted any more: it could not read a message, and which one is not known any
   * more; or it has sent what it never sends.
   */
  readonly onLost?: (reason: string) => void;
  /**
   * Runs the channel's own code, on a thread where other code may have changed the language. `@defaultValue` as it is
   */
  readonly guard?: <T>(run: () => T) => T;
}

/**
 * Calls over a port, in both directions. comlink 4.4.2 matches answers to calls; nothing else of it is used (to serve
 * calls it needs promises and arrays as they were, long after it was called), and its faults stay out of reach:
 *
 * - A call never settles when the other side has died: here the endpoint knows what is pending, and answers in the
 *   place of the dead.
 * - A proxy may be collected while its call is pending: there is one for each side, held until the end.
 * - A proxy is made, and registered for collection, at each access to a property: here a call costs one message.
 * - Requests can read and write any path, up to `Object.prototype`: all that crosses is a request to one function.
 * - Errors lose their class, code and fields, and a result that cannot be cloned does not say why: outcomes are data.
 * - Values are transferred at the top level only: `transfer()` marks are looked for at any depth.
 *
 * A message that this side cannot decode (a value that the other side's stack could write, and this one's cannot read)
 * is a failure of its own call: the sender is told its position among the messages, and knows whose it was.
 */
export class RequestChannel<Asked extends object, Served> {
  readonly #port: MessagePort;
  readonly #ends: ChannelEnds<Served>;
  readonly #guard: <T>(run: () => T) => T;
  readonly #sent = new SentLog();
  /** Ids that comlink gave to calls, by the ids that cross. */
  readonly #pending = new Map<number, unknown>();
  #root: Ask;
  #hearAnswer!: Listener;
  #asked = 0;
  #received = 0;
  #isOpen = true;

  constructor(port: MessagePort, ends: ChannelEnds<Served>) {
    this.#port = port;
    this.#ends = ends;
    this.#guard = ends.guard ?? ((run) => run());
    this.#root = wrap(
      createEndpoint<unknown>(
        (message) => this.#request(message),
        (listener) => (this.#hearAnswer = listener),
      ),
    ) as unknown as Ask;
    port.on('message', (message: unknown) => this.#guard(() => this.#receive(message)));
    port.on('messageerror', () => this.#guard(() => this.#send(packUnread(this.#received++), undefined)));
  }

  /** Sends a request. Always resolves: when the other side ends, with an outcome that says so. */
  ask(request: Asked): Promise<RequestOutcome> {
    return this.#guard(() => this.#root(request));
  }

  note(note: AbortNote): void {
    if (this.#isOpen) this.#send(packNote(note), undefined);
  }

  /** Takes what has arrived, closes the port, and answers what is still pending. */
  end(): void {
    if (!this.#isOpen) return;
    // A call whose answer cannot be decoded is answered below: the other side has ended.
    const take = (): { readonly message: unknown } | undefined => takeMessage(this.#port, () => {});
    for (let next = take(); next !== undefined; next = take()) this.#receive(next.message);
    this.#isOpen = false;
    this.#port.close();
    for (const id of this.#pending.values()) this.#answer(id, { kind: 'gone' });
    this.#pending.clear();
    // comlink's registry of finalizers holds the endpoint, which must not hold the proxy: else neither is collected.
    this.#root = () => Promise.resolve({ kind: 'gone' });
  }

  #receive(message: unknown): void {
    this.#received++;
    let unpacked: Unpacked | undefined;
    try {
      unpacked = unpack(message);
    } catch {
      // The message was made up, so that not even its parts are what they should be.
    }
    if (unpacked === undefined) {
      this.#ends.onLost?.('It sent what no spawned object sends.');
      return;
    }
    switch (unpacked.kind) {
      case 'outcome': {
        const id = this.#pending.get(unpacked.id);
        if (this.#pending.delete(unpacked.id)) this.#answer(id, unpacked.outcome);
        return;
      }
      case 'request':
        this.#answerRequest(unpacked.id, unpacked.request as Served);
        return;
      case 'note':
        this.#ends.onNote?.(unpacked.note);
        return;
      case 'unread':
        this.#hearUnread(unpacked.position);
    }
  }

  #answerRequest(id: number, request: Served): void {
    let outcome: RequestOutcome | Promise<RequestOutcome>;
    try {
      outcome = this.#ends.serve(request);
    } catch (thrown) {
      outcome = encodeFailure(thrown);
    }
    if (isPromise(outcome)) void this.#answerLater(id, outcome);
    else this.#respond(id, outcome);
  }

  async #answerLater(id: number, settling: Promise<RequestOutcome>): Promise<void> {
    let outcome: RequestOutcome | undefined;
    let failure: unknown;
    try {
      outcome = await settling;
    } catch (thrown) {
      failure = thrown;
    }
    this.#guard(() => this.#respond(id, outcome ?? encodeFailure(failure)));
  }

  /** Ends the call whose message the other side could not read, and no other. */
  #hearUnread(position: number): void {
    const sent = this.#sent.find(position);
    if (sent === undefined) {
      this.#ends.onLost?.('It could not read a message, which was forgotten meanwhile.');
    } else if (sent.kind === 'outcome') {
      this.#send(
        packOutcome(sent.id, { kind: 'uncloneable', path: 'result', reason: TOO_DEEP }),
        'outcome',
        sent.id,
      );
    } else {
      const id = this.#pending.get(sent.id);
      if (this.#pending.delete(sent.id))
        this.#answer(id, { kind: 'unsent', thrown: new RangeError(TOO_DEEP) });
    }
  }

  #request({ type, id, argumentList }: Message<unknown>): void {
    // comlink sends a request of its own when it has collected the proxy: the port is closed by us.
    if (type !== 'APPLY') return;
    const request = argumentList?.[0].value;
    const asked = ++this.#asked;
    try {
      this.#post(packRequest(asked, request), request, { kind: 'request', id: asked });
      this.#pending.set(asked, id);
    } catch (thrown) {
      this.#answer(id, { kind: 'unsent', thrown });
    }
  }

  #respond(id: number, outcome: RequestOutcome): void {
    if (!this.#isOpen) return;
    try {
      this.#post(packOutcome(id, outcome), outcome, { kind: 'outcome', id });
    } catch (thrown) {
      const { value } = outcome as { value?: unknown };
      const found = findUncloneable(value, 'result') ?? { path: 'result', reason: String(thrown) };
      this.#send(packOutcome(id, { kind: 'uncloneable', ...found }), 'outcome', id);
    }
  }

  #post(packet: Packet, content: unknown, { kind, id }: Sent): void {
    const handedOver = collectTransfers([content]);
    if (handedOver === undefined) {
      this.#send(sealPacket(packet), kind, id);
      return;
    }
    try {
      this.#send(sealPacket(packet), kind, id, [...handedOver.list] as Transferable[]);
    } finally {
      forgetTransfers(handedOver);
    }
  }

  #send(packet: Packet, kind: Sent['kind'] | undefined, id?: number, transfers?: Transferable[]): void {
    this.#port.postMessage(packet, transfers);
    this.#sent.add(kind, id);
  }

  /** Tells comlink what the other side, or nobody, has answered. */
  #answer(id: unknown, outcome: RequestOutcome): void {
    this.#hearAnswer({ data: { type: 'RAW', id, value: outcome } });
  }
}

function encodeFailure(thrown: unknown): RequestOutcome {
  return { kind: 'thrown', thrown: encodeThrown(thrown) };
}

/** Makes an endpoint that comlink takes for a port. */
function createEndpoint<Id>(
  post: (message: Message<Id>) => void,
  listen: (listener: Listener) => void,
): Parameters<typeof wrap>[0] {
  return {
    postMessage: post as (message: unknown) => void,
    addEventListener: (_type: string, listener: unknown) => listen(listener as Listener),
    removeEventListener: () => {},
  } as Parameters<typeof wrap>[0];
}
