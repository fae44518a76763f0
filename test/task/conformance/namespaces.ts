import { EventEmitter } from 'node:events';
import path from 'node:path';
import { type Case, type Enter, listCases } from './case.ts';

let limit = 3;
const parse = (text: string): number => text.split(',').length;
const setLimit = (value: number): void => {
  limit = value;
};
/** A namespace of a module as bundlers make it. */
const lib = {} as {
  readonly parse: typeof parse;
  readonly setLimit: typeof setLimit;
  readonly limit: number;
  readonly missing?: unknown;
};
const getters = { parse: () => parse, setLimit: () => setLimit, limit: () => limit };
for (const [name, get] of Object.entries(getters))
  Object.defineProperty(lib, name, { enumerable: true, get });

const tools = {
  stdin: (): unknown => process.stdin,
  half: (value: number) => value / 2,
  bump: () => {
    limit += 1;
  },
  quarter: (value: number): number => tools.half(tools.half(value)),
};
const box = {
  base: 10,
  add(value: number): number {
    return this.base + value;
  },
  get twice(): number {
    return this.base * 2;
  },
};
const registry = {
  first: () => 1,
  second: () => 2,
};
const helpers = [() => registry.first(), () => Object.keys(registry), () => registry.second()] as const;
const namespace = (await Promise.all([import('../fixtures/exports.ts')]))[0];
/** A namespace of a module that exports another one, as Vitest makes it. */
const outer = { ...(await Promise.all([import('../fixtures/re-exports.ts')]))[0] };
const { format } = path;
const copy = { ...path };
const star = Object.assign(Object.create(null), path, { default: path }) as typeof path & {
  default: typeof path;
};
const { on } = EventEmitter.prototype;
const { join } = path.win32;
const count = (text: string): number => lib.parse(text) + 1;

export const namespaceCases: readonly Case[] = listCases(4, {
  'one member of a module object': () => (0, lib.parse)('a,b'),
  'members of a module that another one exports': () => [
    outer.inner.double(2),
    outer.inner.limit,
    outer.twice(3),
  ],
  'the same in a function within': () => [1].map((value) => outer.inner['triple'](value)),
  'a live value of one, and what it has not': () => [lib.limit, lib.missing],
  'a helper that reads a member': () => count('a'),
  'a member taken by a pattern': () => {
    const { parse: own, limit: most } = lib;
    return [own('a'), most];
  },
  'one function of an object of functions': (value: number) => tools.half(value),
  'a function of it that uses another': (value: number) => tools.quarter(value),
  'a member that uses `this`': (value: number) => box.add(value),
  'a getter that uses `this`': () => box.twice,
  'an object that is used by its members and as a whole': () => helpers.map((helper) => helper()),
  'a member of a module that was imported by a call': () => namespace.double(4),
  'a bound function of Node': (value: number) => format({ base: String(value) }),
  'a copy of a module of Node': (value: number) => copy.basename(`/a/${value}`),
  'a copy as a whole': () => Object.keys(copy).length,
  "a compiler's copy": (value: number) => [star.join('a', String(value)), star.default.basename('/a/b')],
  'parts of modules of Node': () => [typeof on, join('a', 'b')],
});

export const enter: Enter = (visit) => visit();
