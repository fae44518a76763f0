import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeCanonically } from '../../journal/canonical.ts';
import { readGraph } from './graph-bytes.ts';
import type { TaskDefinition } from './definition.ts';
import type { Graph, GraphNode, SourceText } from './graph.ts';

/**
 * Makes the text by which a task is known from one run of a program to the next: its name and a SHA-256, of its
 * module's text and the export's name, or of a closure's text, the values it uses, and the modules that these come
 * from.
 */
export function fingerprintTask(definition: TaskDefinition): string {
  const { name } = definition;
  const text =
    definition.kind === 'reference'
      ? describeModule(definition.url, name)
      : describeGraph(readGraph(definition.graph)) + describeCanonically(definition.attachments);
  return `${name || 'task'} ${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/**
 * Lists what makes a difference to the results of a call, of the value that the call gives to its tasks: nothing, or a
 * hash of that.
 */
export function describeStore(store: unknown): string[] {
  if (store === undefined) return [];
  return [`store ${createHash('sha256').update(describeCanonically(store)).digest('hex').slice(0, 32)}`];
}

/** Describes a graph without places and positions: a comment above a function, or another folder, changes nothing. */
function describeGraph({ sources, nodes, task }: Graph): string {
  return describeCanonically([sources.map(describeSource), nodes.map(describeNode), task]);
}

function describeSource({ kind, text, names, isStrict }: SourceText): unknown {
  return [kind, text, names, isStrict];
}

function describeNode(node: GraphNode): unknown {
  switch (node.kind) {
    case 'reference':
      return describeModule(node.url, node.name);
    case 'import': {
      const isFile = node.specifier.startsWith('.') || node.specifier.startsWith('file:');
      return [
        node.specifier,
        node.name,
        isFile ? describeModule(new URL(node.specifier, node.base).href, '') : '',
      ];
    }
    case 'require':
      return [node.kind, node.path];
    case 'importMeta':
      return node.kind;
    default:
      return node;
  }
}

/** Describes a module by its text, where it is a file, else by its URL. Its own imports are not looked into. */
function describeModule(url: string, name: string): string {
  try {
    return `${readFileSync(fileURLToPath(withoutQuery(url)), 'utf8')}#${name}`;
  } catch {
    return `${url}#${name}`;
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}
