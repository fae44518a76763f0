/** A failure that another try would meet again: the body, a redirect or an argument is wrong, not the moment. */
export class LastingError extends Error {}

/** The failure of a body that is larger than `maxBytes`. */
export class TooLargeError extends LastingError {}
