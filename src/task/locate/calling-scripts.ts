import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readCallSites } from './call-sites.ts';
import { type Frame, readFrames } from './frames.ts';
import { createScript, type Script, toOffset } from './script.ts';

/** A script that is being run by the caller, as far as a stack tells. */
interface CallingScript {
  readonly url: string;
  readonly site: NodeJS.CallSite;
}

/** The most frames that are read: the inspector's stacks end after 200, some of which are its own. */
const mostFrames = 100;

/**
 * Finds the scripts that are on the stack, by their ids. To enable the debugger, which tells the same of every script of the
 * thread, takes 20 to 50 ms the first time.
 */
export function listCallingScripts(): ReadonlyMap<string, CallingScript> {
  const frames = readFrames();
  const found = new Map<string, CallingScript>();
  for (const site of readCallSites().slice(0, mostFrames)) {
    const url = toUrl(site);
    const ofFile = frames.filter((frame) => frame.url === url);
    const [first] = ofFile;
    // A file may have been loaded twice, so its scripts are compared.
    const isOne = ofFile.every(({ scriptId }) => scriptId === first?.scriptId);
    if (url === undefined || first === undefined || !isOne || found.has(first.scriptId)) continue;
    if (ofFile.some((frame) => isAt(site, frame))) found.set(first.scriptId, { url, site });
  }
  return found;
}

/**
 * Reads a script from its file.
 *
 * @param isModule - What its variables say of it.
 * @returns `undefined` unless it is proved that the engine runs this very text.
 */
export function readCallingScript(
  id: string,
  { url, site }: CallingScript,
  isModule: boolean,
): Script | undefined {
  // ES modules are named by URL, CommonJS modules by path; other scripts may have either.
  if (isModule !== site.getScriptNameOrSourceURL()?.startsWith('file:')) return undefined;
  const text = readText(url);
  // The hash ends at U+0000, and a byte order mark is left out by some of Node's loaders.
  if (text === undefined || text.includes('\0') || text.startsWith('\uFEFF')) return undefined;
  const map = findSourceMapUrl(text);
  if (map === undefined || text.includes('sourceURL=')) return undefined;
  const description = { scriptId: id, url, startLine: 0, startColumn: 0, isModule, sourceMapURL: map };
  const script = createScript(description, text);
  const at = toOffset(script, (site.getLineNumber() ?? 0) - 1, (site.getColumnNumber() ?? 0) - 1);
  return at === site.getPosition() && hash(text) === site.getScriptHash() ? script : undefined;
}

function isAt(site: NodeJS.CallSite, { lineNumber, columnNumber }: Frame): boolean {
  return site.getLineNumber() === lineNumber + 1 && site.getColumnNumber() === columnNumber + 1;
}

function toUrl(site: NodeJS.CallSite): string | undefined {
  const name = site.getScriptNameOrSourceURL();
  if (typeof name !== 'string') return undefined;
  if (name.startsWith('file:')) return name;
  return isAbsolute(name) ? pathToFileURL(name).href : undefined;
}

function readText(url: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    return undefined;
  }
}

/** Finds the URL of a text's source map: empty without one; `undefined` where the engine may read it otherwise. */
function findSourceMapUrl(text: string): string | undefined {
  const count = text.split('sourceMappingURL=').length - 1;
  if (count === 0) return '';
  const last = /\n\/\/# sourceMappingURL=([^\s'"]+)\s*$/.exec(text.slice(text.lastIndexOf('\n//# ')));
  return count === 1 ? last?.[1] : undefined;
}

/** Hashes a text. The module is loaded at the first need, since that takes 3 ms. */
function hash(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}
