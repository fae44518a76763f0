import type * as Codec from 'node:v8';
import { ChannelClosedError } from './channel-closed-error.ts';
import { giveBack, type Permits, takeSync, tryTakeAny, tryTakeSoon } from '../sync/permits.ts';
import { countMessages, ITEMS, measureMessage, push, recount, ROOM, shift } from './ring.ts';
import { sealValues } from '../seal/seal-values.ts';
import { type Cells, wake } from '../sync/waiting.ts';

/** The parts of a channel, whatever type of value goes through it. */
export interface Core extends Permits {
  readonly capacity: number;
  readonly state: Cells;
  readonly bytes: Uint8Array & { readonly buffer: SharedArrayBuffer };
  readonly isClosed: boolean;
}

/** Result of one attempt to send inside the lock: the value is in the channel, or the reason why not. */
type Sent = 'sent' | 'full' | 'closed';

type Received = Uint8Array | 'empty' | 'closed';

export function encode(channel: Core, value: unknown): Uint8Array {
  if (sealValues([value]) !== undefined) throw refuse('it holds what threads share.');
  let message: Uint8Array;
  try {
    message = loadCodec().serialize(value);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const { length } = channel.bytes;
  if (measureMessage(message.length) <= length) return message;
  throw new RangeError(
    `The value takes ${message.length} bytes and the channel has ${length}: make it with { bytes: … } for larger ones.`,
  );
}

let codec: typeof Codec | undefined;

/** Node's module takes half a millisecond to load, and most programs that import Telar have no channel. */
function loadCodec(): typeof Codec {
  return (codec ??= process.getBuiltinModule('node:v8'));
}

function refuse(reason: string, options?: ErrorOptions): TypeError {
  const fix = 'A channel carries bytes; let tasks capture what is shared.';
  return new TypeError(`This value cannot go through a channel: ${reason} ${fix}`, options);
}

export function decode<T>(received: Received): IteratorResult<T, undefined> | undefined {
  if (received === 'empty') return undefined;
  if (received === 'closed') return { done: true, value: undefined };
  return { done: false, value: loadCodec().deserialize(received) as T };
}

export function isSent(sent: Sent): boolean {
  if (sent === 'closed') throw new ChannelClosedError();
  return sent === 'sent';
}

/**
 * Takes the channel's lock if it is free soon, or was left behind by a thread that died. The caller gives it back before
 * anything else of its thread can run: what runs between may block on this channel, or on whoever waits for its lock.
 */
export function enterNow(channel: Core): number | undefined {
  const free = tryTakeSoon(channel);
  if (free !== -1) return free;
  const taken = tryTakeAny(channel);
  if (taken?.isInherited === true) recount(channel);
  return taken?.at;
}

export function enterSync(channel: Core): number {
  const free = enterNow(channel);
  if (free !== undefined) return free;
  const { at, isInherited } = takeSync(channel);
  if (isInherited) recount(channel);
  return at;
}

/**
 * Sends a message while the caller holds the lock, and gives the lock back.
 *
 * Closing needs no lock: a sender looks whether the channel is closed while it holds the lock. A receiver finds the
 * channel closed and empty while the receiver holds the lock, so whoever sends later sees that the channel is closed,
 * and nothing comes behind the end.
 *
 * Those who wait read the count of messages (or of room) before they enter; it goes up behind each message, so a sleep
 * does not begin when one has come meanwhile.
 */
export function sendInside(channel: Core, message: Uint8Array, lock: number): Sent {
  let sent: Sent = 'full';
  try {
    if (channel.isClosed) sent = 'closed';
    else if (countMessages(channel) < channel.capacity && push(channel, message)) sent = 'sent';
  } finally {
    giveBack(channel, lock);
  }
  if (sent === 'sent') wake(channel.state, ITEMS, 1);
  return sent;
}

export function receiveInside(channel: Core, lock: number): Received {
  let received: Received = 'empty';
  try {
    received = shift(channel) ?? (channel.isClosed ? 'closed' : 'empty');
  } finally {
    giveBack(channel, lock);
  }
  if (received instanceof Uint8Array) wake(channel.state, ROOM);
  return received;
}
