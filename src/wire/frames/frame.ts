import { assertSendable } from './assert-sendable.ts';
import { FrameDeserializer, FrameSerializer } from './serializer.ts';

/** A frame is one message on a stream of bytes: the length of its body (4 bytes, little endian), then the body. */
export const HEAD = 4;

/** Throws what keeps the message from crossing. Cost: two copies of its bytes. */
export function encodeFrame(message: unknown): Buffer {
  const body = serialise(message);
  const frame = Buffer.allocUnsafe(HEAD + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, HEAD);
  return frame;
}

/** What a frame's body says. Throws where it cannot be read. */
export function decodeBody(body: Buffer): unknown {
  const deserializer = new FrameDeserializer(body);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** Throws when a value cannot cross to another process. */
export function assertFrameable(value: unknown): void {
  serialise(value);
}

function serialise(message: unknown): Buffer {
  assertSendable(message);
  const serializer = new FrameSerializer();
  serializer.writeValue(message);
  return serializer.releaseBuffer();
}
