import { compileFunction, constants } from 'node:vm';
import type { SourceText } from '../definition/graph.ts';

/** A function made from its text, and the way to give it the variables that were not there yet. */
export interface Closure {
  readonly value: unknown;
  readonly bindLate: ((values: readonly unknown[]) => void) | undefined;
}

type Factory = (...values: unknown[]) => [value: unknown, bindLate?: Closure['bindLate']];

let silenced: Promise<void> | undefined;
/** The most compiled texts that are kept: functions made from strings have one each, so only the latest stay. */
const keptFactories = 1000;
const factories = new Map<string, Factory>();
const importers = new Map<string, Importer>();

type Importer = (specifier: string, options: object | undefined) => Promise<Record<string, unknown>>;

/** Makes `import()` inside compiled text run as Node does in a module of that name. */
const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

/**
 * Makes a closure from its text.
 *
 * @remarks
 * The compiled text is kept, by place, text and variables: passing the same closure with new values finds its
 * optimised code again (1.4 ms against 3.7 for a hot loop). Variables are parameters that nothing assigns to, which
 * the engine treats as constants; only those in a circle are assigned later.
 *
 * @param late - The variables that `values` leaves out.
 * @param self - The variable that is the function itself.
 */
export function createClosure(
  source: SourceText,
  values: ReadonlyMap<string, unknown>,
  late: readonly string[],
  self: string | undefined,
): Closure {
  const names = [...values.keys()];
  const key = JSON.stringify([
    source.file,
    source.line,
    source.column,
    source.kind,
    names,
    late,
    self,
    source.text,
  ]);
  let factory = factories.get(key);
  if (factory === undefined) {
    factory = compileFactory(source, names, late, self);
    factories.set(key, factory);
    const [oldest] = factories.keys();
    if (factories.size > keptFactories && oldest !== undefined) factories.delete(oldest);
  }
  const [value, bindLate] = factory(...values.values());
  return { value, bindLate };
}

/** Makes the `import()` of the module at `base`. */
export function getImporter(base: string): Importer {
  let importer = importers.get(base);
  if (importer === undefined) {
    importer = compileFunction('return import(specifier, options)', ['specifier', 'options'], {
      filename: base,
      importModuleDynamically,
    }) as Importer;
    importers.set(base, importer);
  }
  return importer;
}

/**
 * Provokes the one warning that Node gives at the first `import()` of compiled text, and keeps it to itself: it is
 * about an option of `node:vm`, which is no business of the user's.
 */
export function silenceWarning(): Promise<void> {
  return (silenced ??= provokeWarning());
}

async function provokeWarning(): Promise<void> {
  const emitWarning: unknown = Reflect.get(process, 'emitWarning');
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (String(warning).includes('USE_MAIN_CONTEXT_DEFAULT_LOADER')) return;
    Reflect.apply(emitWarning as () => void, process, [warning, ...rest]);
  };
  try {
    await getImporter(import.meta.url)('node:vm', undefined);
  } finally {
    Reflect.set(process, 'emitWarning', emitWarning);
  }
}

function compileFactory(
  { text, kind, ...source }: SourceText,
  names: readonly string[],
  late: readonly string[],
  self: string | undefined,
): Factory {
  const values = findUnusedName(text);
  const modifiers = `${source.isAsync ? 'async ' : ''}${source.isGenerator ? '*' : ''}`;
  const [before, after] = {
    arrow: ['(', ')'],
    function: ['(', ')'],
    class: ['(', ')'],
    method: [`({${modifiers}method`, '}).method'],
    getter: ['Object.getOwnPropertyDescriptor({get property', "},'property').get"],
    setter: ['Object.getOwnPropertyDescriptor({set property', "},'property').set"],
  }[kind] as [string, string];
  const directive = source.isStrict ? "'use strict';" : '';
  // `compileFunction` ends the process at a parameter whose name has a character beyond U+FFFF.
  const parameters = names.map((name, index) => (isAstral(name) ? `${values}${index}` : name));
  const renamed = names.flatMap((name, index) => (isAstral(name) ? `${name}=${parameters[index]}` : []));
  const declaration =
    (renamed.length === 0 ? '' : `let ${renamed.join(',')};`) +
    (late.length === 0 ? '' : `let ${late.join(',')};`);
  const opening =
    self === undefined ? 'return[' : `${source.assignedNames.includes(self) ? 'let' : 'const'} ${self}=`;
  const closing = self === undefined ? '' : `;return[${self}`;
  const assignments = late.map((name, index) => `${name}=${values}[${index}];`).join('');
  const prefix = `${directive}${declaration}${opening}${before}`;
  const code = `${prefix}${text}${after}${closing},${late.length === 0 ? '' : `${values}=>{${assignments}}`}]`;
  return compileFunction(code, parameters, {
    filename: source.file,
    lineOffset: source.line,
    columnOffset: source.column - prefix.length,
    importModuleDynamically,
  }) as Factory;
}

function findUnusedName(text: string): string {
  let name = '$values';
  while (text.includes(name)) name += '$';
  return name;
}

function isAstral(name: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(name);
}
