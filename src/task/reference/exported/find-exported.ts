import type { TaskReference } from '../../definition/definition.ts';
import { readCallSites } from '../../locate/call-sites.ts';
import { InspectorError } from '../../locate/connection.ts';
import { readFrames } from '../../locate/frames.ts';
import { findScriptUrl } from '../../locate/script-urls.ts';
import { inspectFunction } from '../../locate/session.ts';
import { findCommonJsExport, readVariable } from '../common-js-export.ts';
import { isEntry } from '../entry.ts';
import { findNamedImport } from './named-import.ts';
import { readExport } from './read-export.ts';

/**
 * Finds the module and the name by which a worker can import a function, where that can be told without the parser: it
 * is exported where it is written, as most are. Returns `undefined` where this is not certain.
 *
 * @remarks
 * The engine says in which script the function was written, at which place, and what the module's variable of that name
 * holds now; the file says that this variable is exported. Which file that is the caller's imports tell, and else the
 * engine. 5 ms, and 10 more for the engine, where all that `captureTask` needs takes 50 the first time.
 */
export function findExported(fn: Function): TaskReference | undefined {
  try {
    const { position, scopes } = inspectFunction(fn);
    if (position === undefined) return undefined;
    const variables = scopes.find(({ description }) => description === 'Module')?.object;
    const refer = (url: string): TaskReference | undefined => {
      const found = url.startsWith('file:') ? readExport(fn, url, position) : undefined;
      if (found === undefined || variables === undefined || readVariable(variables, found.local) !== fn)
        return undefined;
      return isOnStack(url) ? undefined : { kind: 'reference', url, name: found.name };
    };
    const imported = variables === undefined ? undefined : findNamedImport(fn);
    const reference = imported === undefined || isEntry(imported) ? undefined : refer(imported);
    // A module may import a function by one name and export it by another, or as its default.
    if (reference?.name === fn.name) return reference;
    const url = findUrl(position.scriptId);
    if (url === undefined || isEntry(url)) return undefined;
    return variables === undefined ? findCommonJsExport(fn, url) : refer(url);
  } catch (error) {
    if (error instanceof InspectorError) return undefined;
    throw error;
  }
}

/** Finds the URL of a script: on the stack, if it is one of the callers, before the engine lists all scripts. */
function findUrl(id: string): string | undefined {
  return readFrames().find(({ scriptId }) => scriptId === id)?.url ?? findScriptUrl(id);
}

/**
 * Tells whether the caller is in the module, or awaited there: it may be the module's top level, which would make the same
 * call again in each worker.
 */
function isOnStack(url: string): boolean {
  return readCallSites().some((site) => site.getScriptNameOrSourceURL() === url);
}
