/** Something that another try would meet again: the body, a redirect or an argument is wrong, not the moment. */
export class LastingError extends Error {}

/** The body is larger than `maxBytes`. */
export class TooLargeError extends LastingError {}
