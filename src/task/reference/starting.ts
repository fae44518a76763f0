import { readCallSites } from '../locate/call-sites.ts';
import { type Script, toOffset } from '../locate/script.ts';
import { analyseScript } from '../source/analysis.ts';

/**
 * Returns whether the caller is, or is awaited by, the top level of this module.
 *
 * @remarks
 * Such a module calls `parallelMap` while it is being imported. A worker that imported it would make the same call
 * again, and inside a worker the import would wait for itself.
 */
export function isStarting(script: Script): boolean {
  return readCallSites().some((site) => {
    if (site.getScriptNameOrSourceURL() !== script.url || site.getFunctionName() !== null) return false;
    const offset = toOffset(script, (site.getLineNumber() ?? 1) - 1, (site.getColumnNumber() ?? 1) - 1);
    return analyseScript(script).functions.every(({ start, end }) => offset < start || end <= offset);
  });
}
