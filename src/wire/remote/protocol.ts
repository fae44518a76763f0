import type { MessagePort } from 'node:worker_threads';
import type { TaskDefinition } from '../../task/definition/definition.ts';
import type { EncodedThrown } from '../values/error.ts';
import type { ThreadMark } from '../message/nested.ts';

/** Data with which the thread of a spawned object is started. */
export interface ObjectStart extends ThreadMark {
  readonly port: MessagePort;
  /** A cell of shared memory: how far the thread has come, as one of the numbers below. */
  readonly stage: Int32Array;
}

/** The thread's own code has yet to run: until then it may be a preloaded module that ends the thread. */
export const STAGE_STARTING = 0;
/** The thread loads what makes its object. */
export const STAGE_LOADING = 1;
/** The thread has loaded what makes its object. */
export const STAGE_LOADED = 2;
/** Written by main before the thread has loaded: the thread ends by itself then, without making its object. */
export const STAGE_DISMISSED = 3;

/** The maker of an object: a class or a function, or a module, whose exports are the object. */
export type ObjectDefinition = TaskDefinition | { readonly kind: 'module'; readonly url: string };

/** An argument that is not cloned: it stays with the caller, and the object gets a proxy of it for one call. */
export interface ArgumentProxy {
  readonly kind: 'callback' | 'signal' | 'stream';
  readonly id: number;
  /** Position of the argument, or of the argument that holds the proxy's original under `key`. */
  readonly at: number;
  readonly key: string | undefined;
  /** Reason of a signal that has fired already. */
  readonly reason?: EncodedThrown | undefined;
}

/** The arguments of a call as they are sent, with holes where the proxies belong. */
export interface SentArguments {
  readonly values: readonly unknown[];
  readonly proxies: readonly ArgumentProxy[] | undefined;
}

/** A step of an iterator on the other side. */
export type StreamStep =
  | { readonly kind: 'next' | 'return'; readonly stream: number; readonly value: unknown }
  | { readonly kind: 'throw'; readonly stream: number; readonly thrown: EncodedThrown };

/** A request of the caller to the object's thread. */
export type ObjectRequest =
  | { readonly kind: 'start'; readonly definition: ObjectDefinition; readonly args: SentArguments }
  | { readonly kind: 'call'; readonly path: readonly string[]; readonly args: SentArguments }
  | { readonly kind: 'get'; readonly path: readonly string[] }
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly kind: 'dispose' }
  | StreamStep;

/** A request of a proxy, on the object's thread, to the original at the caller. */
export type ProxyRequest =
  | { readonly kind: 'callback'; readonly id: number; readonly args: readonly unknown[] }
  | StreamStep;

/** Outcome of a request. */
export type RequestOutcome =
  | { readonly kind: 'value'; readonly value: unknown }
  /** An iterator, which stays where it is. */
  | { readonly kind: 'stream'; readonly stream: number }
  /** A step of an iterator. */
  | { readonly kind: 'step'; readonly done: boolean; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly thrown: EncodedThrown }
  /** The method threw the reason of a signal among its arguments: the caller has the original. */
  | { readonly kind: 'aborted'; readonly signal: number }
  /** There was a result, which cannot be cloned. */
  | { readonly kind: 'uncloneable'; readonly path: string; readonly reason: string }
  /** The request itself could not be sent. */
  | { readonly kind: 'unsent'; readonly thrown: unknown }
  /** The other side has ended. */
  | { readonly kind: 'gone' };

/** A signal among the arguments has fired. */
export interface AbortNote {
  readonly type: 'NOTE';
  readonly signal: number;
  readonly reason: EncodedThrown;
}
