/** Rewrites a module as one would write it by hand for CommonJS: `import` as `require`, `export` as members of `exports`. */
export function toCommonJs(code: string): string {
  const exported: string[] = [];
  const body = code
    .replace(/^import ([\s\S]*?) from (['"][^'"]+['"]);$/gm, (_, names: string, from: string) =>
      writeImport(names, from),
    )
    .replace(/^export \* from (['"][^'"]+['"]);$/gm, 'Object.assign(exports, require($1));')
    .replace(/^export \* as (\w+) from (['"][^'"]+['"]);$/gm, 'exports.$1 = require($2);')
    .replace(/^export \{([^}]*)\} from (['"][^'"]+['"]);$/gm, (_, names: string, from: string) =>
      splitNames(names)
        .map(([name, as]) => `exports.${as} = require(${from}).${name};`)
        .join('\n'),
    )
    .replace(/^export \{([^}]*)\};$/gm, (_, names: string) =>
      splitNames(names)
        .map(([name, as]) => `exports.${as} = ${name};`)
        .join('\n'),
    )
    .replace(/^export default (function|class) (\w+)/gm, (_, kind: string, name: string) => {
      exported.push(`exports.default = ${name};`);
      return `${kind} ${name}`;
    })
    .replace(
      /^export ((?:async )?function\*?|const|let|var|class) (\w+)/gm,
      (_, kind: string, name: string) => {
        exported.push(`exports.${name} = ${name};`);
        return `${kind} ${name}`;
      },
    );
  return `'use strict';\n${body}\n${exported.join('\n')}\n`;
}

function writeImport(names: string, from: string): string {
  const [, first, rest = ''] = /^(\w+)?(?:,\s*)?([\s\S]*)$/.exec(names) as unknown as [
    string,
    string?,
    string?,
  ];
  const lines: string[] = [];
  // The default of an own file is an export like others; a package or a module of Node is what `require` gives.
  if (first !== undefined)
    lines.push(`const ${first} = require(${from})${/^.\./.test(from) ? '.default' : ''};`);
  if (rest.startsWith('*')) lines.push(`const ${rest.replace(/^\* as /, '')} = require(${from});`);
  else if (rest !== '') lines.push(`const ${rest.replace(/(\w+) as (\w+)/g, '$1: $2')} = require(${from});`);
  return lines.join('\n');
}

function splitNames(names: string): (readonly [name: string, as: string])[] {
  const parts = names.split(',').map((name) => name.trim());
  return parts.filter(Boolean).map((part) => {
    const [name, as] = part.split(' as ') as [string, string?];
    return [name, as ?? name] as const;
  });
}
