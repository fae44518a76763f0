/** Milliseconds that a chunk takes whose size Telar has chosen. */
export const CHUNK_MS = 20;
