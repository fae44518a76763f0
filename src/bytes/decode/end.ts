/** No record is left in the block. */
export const END: unique symbol = Symbol('end');
