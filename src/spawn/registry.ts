import type { ObjectGroup } from './thread/object-group.ts';

const groups = new WeakMap<object, ObjectGroup>();

export function registerGroup(remote: object, group: ObjectGroup): void {
  groups.set(remote, group);
}

/** Finds the group of objects behind what `spawn` gave. */
export function findGroup(remote: unknown): ObjectGroup | undefined {
  return typeof remote === 'object' && remote !== null ? groups.get(remote) : undefined;
}
