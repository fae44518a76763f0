import { expose, wrap } from 'comlink';
import type { MessagePort, Transferable } from 'node:worker_threads';
import { encodeThrown } from '../values/error.ts';
import { takeMessage } from '../message/take-message.ts';
import { collectTransfers, forgetMarks } from '../values/transfer.ts';
import { findUncloneable, TOO_DEEP } from '../values/uncloneable.ts';
import { packNote, packOutcome, packRequest, packUnread, type Packet, sealPacket, unpack } from './packet.ts';
import type { AbortNote, Outcome } from './protocol.ts';
import { type Sent, SentLog } from './sent-log.ts';

/** The messages of comlink 4.4.2, as far as they are let through. */
interface Message<Id> {
  readonly type: string;
  readonly id: Id;
  readonly path?: readonly string[];
  readonly argumentList?: readonly [{ readonly type: string; readonly value: unknown }];
  readonly value?: unknown;
}

type Listener = (event: { readonly data: Message<unknown> }) => void;
type Ask = (request: unknown) => Promise<Outcome>;

export interface ChannelEnds<Served> {
  /** Answers a request of the other side. What it throws is sent as well. */
  readonly serve: (request: Served) => Outcome | Promise<Outcome>;
  readonly onNote?: (note: AbortNote) => void;
  /** A message could not be read by the other side, and which it was is not known any more. */
  readonly onLost?: () => void;
}

/**
 * Calls over a port, in both directions. comlink 4.4.2 matches answers to calls; nothing else of it is used, and its faults
 * stay out of reach:
 *
 * - A call never settles when the other side has died: here the endpoint knows what is pending, and answers in the place
 *   of the dead.
 * - A proxy may be collected while its call is pending: there is one for each side, held until the end.
 * - A proxy is made, and registered for collection, at each access to a property: here a call costs one message.
 * - Requests can read and write any path, up to `Object.prototype`: all that crosses is a request to one function.
 * - Errors lose their class, code and fields, and a result that cannot be cloned does not say why: outcomes are data.
 * - Values are transferred at the top level only: `transfer()` marks are looked for at any depth.
 *
 * A message that this side cannot decode (a value that the other side's stack could write, and this one's cannot read) is a
 * failure of its own call: the sender is told its position among the messages, and knows whose it was.
 */
export class Channel<Asked extends object, Served> {
  readonly #port: MessagePort;
  readonly #onNote: ((note: AbortNote) => void) | undefined;
  readonly #onLost: (() => void) | undefined;
  readonly #sent = new SentLog();
  /** comlink's ids, by those that cross. */
  readonly #pending = new Map<number, unknown>();
  #root: Ask;
  #hearAnswer!: Listener;
  #hearRequest!: Listener;
  #asked = 0;
  #received = 0;
  #isOpen = true;

  constructor(port: MessagePort, { serve, onNote, onLost }: ChannelEnds<Served>) {
    this.#port = port;
    this.#onNote = onNote;
    this.#onLost = onLost;
    const answer = (request: Served): Outcome | Promise<Outcome> => {
      try {
        const outcome = serve(request);
        return outcome instanceof Promise ? outcome.catch(encodeFailure) : outcome;
      } catch (thrown) {
        return encodeFailure(thrown);
      }
    };
    expose(
      answer,
      createEndpoint<number>(
        (message) => this.#respond(message),
        (listener) => (this.#hearRequest = listener),
      ),
    );
    this.#root = wrap(
      createEndpoint<unknown>(
        (message) => this.#request(message),
        (listener) => (this.#hearAnswer = listener),
      ),
    ) as unknown as Ask;
    port.on('message', (message: unknown) => this.#receive(message));
    port.on('messageerror', () => this.#send(packUnread(this.#received++), undefined));
  }

  /** Sends a request. Always resolves: when the other side ends, with an outcome that says so. */
  ask(request: Asked): Promise<Outcome> {
    return this.#root(request);
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
    // comlink's registry of finalizers holds the endpoint, which must not hold the proxy: else neither is ever collected.
    this.#root = () => Promise.resolve({ kind: 'gone' });
  }

  #receive(message: unknown): void {
    this.#received++;
    const unpacked = unpack(message);
    if (unpacked === undefined) return;
    switch (unpacked.kind) {
      case 'outcome': {
        const id = this.#pending.get(unpacked.id);
        if (this.#pending.delete(unpacked.id)) this.#answer(id, unpacked.outcome);
        return;
      }
      case 'request': {
        const { id, request } = unpacked;
        const argumentList = [{ type: 'RAW', value: request }] as const;
        this.#hearRequest({ data: { type: 'APPLY', id, path: [], argumentList } });
        return;
      }
      case 'note':
        this.#onNote?.(unpacked.note);
        return;
      case 'unread':
        this.#hearUnread(unpacked.position);
    }
  }

  /** The other side could not read what was sent: that is the end of its call, and of no other. */
  #hearUnread(position: number): void {
    const sent = this.#sent.find(position);
    if (sent === undefined) {
      this.#onLost?.();
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
    // comlink's own request, when it has collected the proxy: the port is closed by us.
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

  #respond({ id, value: outcome }: Message<number>): void {
    if (!this.#isOpen) return;
    try {
      this.#post(packOutcome(id, outcome as Outcome), outcome, { kind: 'outcome', id });
    } catch (thrown) {
      const { value } = outcome as { value?: unknown };
      const found = findUncloneable(value, 'result') ?? { path: 'result', reason: String(thrown) };
      this.#send(packOutcome(id, { kind: 'uncloneable', ...found }), 'outcome', id);
    }
  }

  #post(packet: Packet, content: unknown, { kind, id }: Sent): void {
    const handover = collectTransfers([content]);
    if (handover === undefined) {
      this.#send(sealPacket(packet), kind, id);
      return;
    }
    try {
      this.#send(sealPacket(packet), kind, id, [...handover.list] as Transferable[]);
    } finally {
      forgetMarks(handover);
    }
  }

  #send(packet: Packet, kind: Sent['kind'] | undefined, id?: number, transfers?: Transferable[]): void {
    this.#port.postMessage(packet, transfers);
    this.#sent.add(kind, id);
  }

  /** Says to comlink what the other side, or nobody, has answered. */
  #answer(id: unknown, outcome: Outcome): void {
    this.#hearAnswer({ data: { type: 'RAW', id, value: outcome } });
  }
}

function encodeFailure(thrown: unknown): Outcome {
  return { kind: 'thrown', thrown: encodeThrown(thrown) };
}

/** What comlink takes for a port. */
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
