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

/** An argument that is not cloned: it stays with the caller, and the object is lent a stand-in for one call. */
export interface Loan {
  readonly kind: 'callback' | 'signal' | 'stream';
  readonly id: number;
  /** Position of the argument that is lent, or that holds what is lent under `key`. */
  readonly at: number;
  readonly key: string | undefined;
  /** Reason of a signal that has fired already. */
  readonly reason?: EncodedThrown | undefined;
}

/** The arguments of a call, with holes where the loans belong. */
export interface LentArguments {
  readonly values: readonly unknown[];
  readonly loans: readonly Loan[] | undefined;
}

/** A step of an iterator on the other side. */
export type StreamStep =
  | { readonly kind: 'next' | 'return'; readonly stream: number; readonly value: unknown }
  | { readonly kind: 'throw'; readonly stream: number; readonly thrown: EncodedThrown };

/** A request of the caller to the object's thread. */
export type ObjectRequest =
  | { readonly kind: 'start'; readonly definition: ObjectDefinition; readonly args: LentArguments }
  | { readonly kind: 'call'; readonly path: readonly string[]; readonly args: LentArguments }
  | { readonly kind: 'get'; readonly path: readonly string[] }
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly kind: 'dispose' }
  | StreamStep;

/** A request of the object's thread to the caller, for what the thread was lent. */
export type LoanRequest =
  | { readonly kind: 'callback'; readonly id: number; readonly args: readonly unknown[] }
  | StreamStep;

/** Outcome of a request. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  /** An iterator, which stays where it is. */
  | { readonly kind: 'stream'; readonly stream: number }
  /** A step of an iterator. */
  | { readonly kind: 'step'; readonly done: boolean; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly thrown: EncodedThrown }
  /** The method threw the reason of a signal that was lent: the caller has the original. */
  | { readonly kind: 'aborted'; readonly signal: number }
  /** There was a result, which cannot be cloned. */
  | { readonly kind: 'uncloneable'; readonly path: string; readonly reason: string }
  /** The request itself could not be sent. */
  | { readonly kind: 'unsent'; readonly thrown: unknown }
  /** The other side has ended. */
  | { readonly kind: 'gone' };

/** A signal that was lent has fired. */
export interface AbortNote {
  readonly type: 'NOTE';
  readonly signal: number;
  readonly reason: EncodedThrown;
}
