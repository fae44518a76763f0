import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskReference } from '../../task/definition/definition.ts';

/** Returns the id of a task: the name of its module's file, and of the export. */
export function nameTask({ url, name }: TaskReference): string {
  return `${nameModule(url)}#${name}`;
}

/** Returns the name of a module: that of its file, without folder and extension. */
export function nameModule(url: string): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : new URL(url).pathname;
  return basename(path, extname(path));
}
