/** Bytes that nothing compresses. */
export function noise(bytes: number, seed: number): Buffer {
  const made = Buffer.alloc(bytes);
  for (let at = 0, state = seed; at < bytes; at += 4) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    made.writeInt32LE((state ^ (state >>> 13)) | 0, at);
  }
  return made;
}
