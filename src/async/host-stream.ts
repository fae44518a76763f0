/**
 * A web stream, where the types of the host have one: without `@types/node` and the DOM its name stands for anything, and with it
 * every item would be `unknown`.
 */
export type HostStream<T> = 'ReadableStream' extends keyof typeof globalThis ? ReadableStream<T> : never;
