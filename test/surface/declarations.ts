/** Text of a type that is longer is left out: the name says enough. */
const LONGEST_TYPE = 100;

export function stripComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

/**
 * Describes a module's declaration of a name, as one line: `class Pool: close(), stats(), workers`. Reads what the
 * compiler writes, with members indented by four spaces, and those of an object in them by eight.
 */
export function findDeclarations(text: string, name: string): string | undefined {
  const pattern = new RegExp(
    `^export (?:declare )?(?:abstract )?(class|interface|function|const|type) ${name}\\b(.*)$`,
    'gm',
  );
  const found = [...text.matchAll(pattern)];
  const [first] = found;
  if (first === undefined) return undefined;
  const [, kind = '', rest = ''] = first;
  switch (kind) {
    case 'function':
      return found.map((one) => `function ${name}(${listParameters(text.slice(one.index))})`).join(' | ');
    case 'const':
      return `const ${name}`;
    case 'type': {
      const body = readUntil(text.slice(first.index), ';').replaceAll(/\s+/g, ' ').slice(0, -1);
      const type = body.slice(body.indexOf('=') + 1).trim();
      if (type.length <= LONGEST_TYPE) return `type ${name} = ${type}`;
      const members = [...type.matchAll(/readonly (\w+\??):/g)].map(([, member = '']) => member);
      return members.length === 0
        ? `type ${name}`
        : `type ${name}: ${[...new Set(members)].sort().join(', ')}`;
    }
    default: {
      const base = /\bextends ([\w.]+)(?:<.*>)?(?: implements .*)? \{/.exec(rest)?.[1];
      const members = listMembers(readUntil(text.slice(first.index), '}'));
      const head = `${kind} ${name}${base === undefined ? '' : ` extends ${base}`}`;
      return members.length === 0 ? head : `${head}: ${members.join(', ')}`;
    }
  }
}

/** Up to an end that stands in no bracket; a closing one may be that end. */
function readUntil(text: string, end: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    if (depth === 0 && character === end) return text.slice(0, at + 1);
  }
  return text;
}

function listMembers(body: string): string[] {
  const names = new Set<string>();
  let outer: string | undefined;
  for (const line of body.split('\n')) {
    const match =
      /^( {4}| {8})((?:(?:readonly|get|set|static|abstract) )*)(\w+|\[[\w.]+\]|'[^']+')(\??)([:(<;])/.exec(
        line,
      );
    if (match === null) continue;
    const [, indent = '', words = '', name = '', optional = '', next = ''] = match;
    const isMethod = (next === '(' || next === '<') && !/get|set/.test(words);
    const member = `${name}${optional}${isMethod ? '()' : ''}`;
    if (indent.length === 8) {
      if (outer !== undefined) names.add(`${outer}.${member}`);
      continue;
    }
    // Members of an object that is written there are named, too; parameters of a function have lines of their own as
    // well.
    outer = next === ':' && line.endsWith('{') ? member : undefined;
    if (name !== 'constructor') names.add(member);
  }
  return [...names].sort();
}

/** The names of a function's parameters, of options with their type. */
function listParameters(declaration: string): string {
  // Type parameters stand before them, and may hold functions.
  const start = skipTypeParameters(declaration);
  const list = readUntil(declaration.slice(start), ')').slice(1, -1);
  return splitList(list)
    .map((parameter) => {
      const [, name = parameter, optional = '', type = ''] =
        /^(\.\.\.\w+|\w+|\{[^}]*\})(\??):\s*([\s\S]*)$/.exec(parameter) ?? [];
      const options = /^(\w*Options)\b/.exec(type)?.[1];
      return `${name}${optional}${options === undefined ? '' : `: ${options}`}`;
    })
    .join(', ');
}

function skipTypeParameters(declaration: string): number {
  let depth = 0;
  for (let at = 0; at < declaration.length; at++) {
    const character = declaration.charAt(at);
    if (character === '<') depth++;
    else if (character === '>' && declaration.charAt(at - 1) !== '=') depth--;
    else if (character === '(' && depth === 0) return at;
  }
  return declaration.length;
}

function splitList(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (let at = 0; at < list.length; at++) {
    const character = list.charAt(at);
    if ('([{<'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && list.charAt(at - 1) !== '=')) depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}
