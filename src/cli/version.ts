import { createRequire } from 'node:module';

/** Reads the version of the package that this program is a part of. */
export function readVersion(): string {
  return (createRequire(import.meta.url)('telar/package.json') as { version: string }).version;
}
