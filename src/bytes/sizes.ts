/** Most bytes that a block should usually have; a single longer record has a longer block. */
export const USUAL_BLOCK: number = 1024 * 1024;
/** Most bytes that a block should have where little is done with them, so that its trip would take a large part. */
export const LARGEST_BLOCK: number = 2 * USUAL_BLOCK;
