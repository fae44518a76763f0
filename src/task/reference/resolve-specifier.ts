import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Resolves an import in the module at `base` to a URL. Throws where there is no such package. */
export function resolveSpecifier(specifier: string, base: string): string {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, base).href;
  if (URL.canParse(specifier)) return specifier;
  const found = createRequire(base).resolve(specifier);
  return found === specifier ? `node:${specifier}` : pathToFileURL(found).href;
}
