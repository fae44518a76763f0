import { readFileSync } from 'node:fs';
import { root } from '../harness/root.ts';
import { listNames } from './list-names.ts';

/** File that holds the list. */
export const LIST: URL = new URL('test/surface/public-names.txt', root);

/** The ways into the package: what is imported, the types behind it, and the code. */
export function listEntries(): { readonly name: string; readonly types: URL; readonly code: URL }[] {
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    name: string;
    exports: Record<string, string | { readonly types: string; readonly default: string }>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            name: `${name}${path.slice(1)}`,
            types: new URL(target.types, root),
            code: new URL(target.default, root),
          },
        ],
  );
}

/** All public names as the built declarations have them. */
export function describeSurface(): string {
  const parts = listEntries().map(({ name, types }) =>
    [name, ...listNames(types).map((line) => `  ${line}`)].join('\n'),
  );
  return `${HEAD}\n\n${parts.join('\n\n')}\n`;
}

const HEAD =
  '# All that users can import, with its members and options. `npm run names` writes it; a change is a decision: see CONTRIBUTING.';
