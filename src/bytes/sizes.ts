/** Most bytes that a block should have; a single longer record has a longer block. */
export const LARGEST_BLOCK: number = 1024 * 1024;
