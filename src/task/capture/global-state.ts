import * as types from 'node:util/types';
import type { GlobalStateNode, RegistryNode } from '../definition/graph.ts';
import type { GraphBuilder } from './builder/graph-builder.ts';
import { encodeProperties } from './builder/properties.ts';
import { addAccess, type Trail } from './builder/refusal.ts';

/**
 * Property that tells an object of Zod. Zod has its settings, and its notes on schemas, under the global names below.
 */
const mark = '_zod';
const settings = '__zod_globalConfig';
const registry = '__zod_globalRegistry';

/**
 * Has what a package keeps under global names travel with its objects.
 *
 * @remarks
 * Zod sets its language when the first schema is made, or by `z.config()`, and notes descriptions in a weak map. The functions
 * that read these are imported in the worker, where nobody has made a schema: its messages would be others.
 */
export function encodeGlobalState(builder: GraphBuilder, value: object, trail: Trail | undefined): void {
  if (!Object.hasOwn(value, mark)) return;
  encodeSettings(builder, trail);
  encodeNoted(builder, value, trail);
}

function encodeSettings(builder: GraphBuilder, trail: Trail | undefined): void {
  const state = readGlobal(settings);
  if (state === undefined || builder.isWhole(state)) return;
  const node: GlobalStateNode = { kind: 'globalState', name: settings, properties: [] };
  const isData = (_key: string | symbol, property: PropertyDescriptor): boolean => 'value' in property;
  builder.addNode(state, node, () => {
    node.properties = encodeProperties(builder, state, isData, addAccess(trail, ` (${settings})`));
  });
}

function encodeNoted(builder: GraphBuilder, value: object, trail: Trail | undefined): void {
  const all = readGlobal(registry);
  const map: unknown = all && Object.getOwnPropertyDescriptor(all, '_map')?.value;
  if (all === undefined || !types.isWeakMap(map)) return;
  const noted: unknown = WeakMap.prototype.get.call(map, value);
  if (noted === undefined) return;
  const fresh: RegistryNode = { kind: 'registry', name: registry, entries: [] };
  const position = builder.isWhole(all) ? builder.encode(all, trail) : builder.addNode(all, fresh);
  const node = typeof position === 'number' ? builder.nodes[position] : undefined;
  builder.later(() => {
    if (node?.kind === 'registry')
      node.entries.push(builder.encode(value, trail), builder.encode(noted, addAccess(trail, '.meta()')));
  });
}

function readGlobal(name: string): object | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  return typeof value === 'object' && value !== null ? value : undefined;
}
