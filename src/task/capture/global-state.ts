import * as types from 'node:util/types';
import type { GlobalStateNode, RegistryNode } from '../definition/graph.ts';
import type { GraphBuilder } from './builder/graph-builder.ts';
import { encodeProperties } from './builder/properties.ts';
import { addAccess, type Trail } from './builder/refusal.ts';

/** State that a package keeps under global names, and that changes what its objects do. */
interface GlobalState {
  /** Property that tells an object of the package. */
  readonly mark: string;
  /** Name of an object whose members are settings of all that the package does. */
  readonly settings: string;
  /** Name of a registry, which has notes on single objects in a weak map. */
  readonly registry: string;
}

/**
 * The packages that are known to keep such state.
 *
 * @remarks
 * There is no general rule, since nothing tells settings from what is of its thread. Sentry's hub, core-js's store and the
 * clients that development servers keep have global names as well: copied, they would be refused, or take the place of what
 * the package has made for itself in the worker. So a package is named here once its state is known to be data.
 */
const packages: readonly GlobalState[] = [
  // Zod sets its language when the first schema is made, or by `z.config()`, and notes descriptions and `.meta()`.
  { mark: '_zod', settings: '__zod_globalConfig', registry: '__zod_globalRegistry' },
];

/**
 * Has what a package keeps under global names travel with its objects.
 *
 * @remarks
 * The functions that read it are imported in the worker, where nobody has set anything: messages of Zod would be others.
 */
export function encodeGlobalState(builder: GraphBuilder, value: object, trail: Trail | undefined): void {
  for (const { mark, settings, registry } of packages) {
    if (!Object.hasOwn(value, mark)) continue;
    encodeSettings(builder, settings, trail);
    encodeNoted(builder, registry, value, trail);
  }
}

function encodeSettings(builder: GraphBuilder, settings: string, trail: Trail | undefined): void {
  const state = readGlobal(settings);
  if (state === undefined || builder.isWhole(state)) return;
  const node: GlobalStateNode = { kind: 'globalState', name: settings, properties: [] };
  const isData = (_key: string | symbol, property: PropertyDescriptor): boolean => 'value' in property;
  builder.addNode(state, node, () => {
    node.properties = encodeProperties(builder, state, isData, addAccess(trail, ` (${settings})`));
  });
}

function encodeNoted(builder: GraphBuilder, registry: string, value: object, trail: Trail | undefined): void {
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
