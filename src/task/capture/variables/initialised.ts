import { type Script, toOffset } from '../../locate/script.ts';
import { readCallSites } from '../../locate/call-sites.ts';
import { analyseScript } from '../../source/analysis.ts';
import type { Binding, FunctionSource } from '../../source/syntax/function-source.ts';
import type { SyntaxNode } from '../../source/syntax/parser.ts';

/** Expressions that never give `undefined`. */
const somethings = new Set(
  (
    'Literal TemplateLiteral ObjectExpression ArrayExpression ArrowFunctionExpression FunctionExpression ' +
    'ClassExpression NewExpression BinaryExpression UpdateExpression'
  ).split(' '),
);

/** Whether this engine gives `undefined` for a variable that is not initialised yet; others throw. */
const isSilent = Number.parseInt(process.versions.node, 10) < 22;

/**
 * Returns whether a variable whose value seems to be `undefined` has none yet, as far as it can be told: by what it is
 * declared with, and by where the code stands that made the call.
 */
export function isNotInitialised(binding: Binding | undefined, script: Script): boolean {
  if (!isSilent || binding === undefined || !['let', 'const', 'class'].includes(binding.kind)) return false;
  const { kind, init, assigned } = binding;
  if (!assigned && (kind === 'class' || (init !== undefined && isSomething(init)))) return true;
  const { functions } = analyseScript(script);
  const home = findInnermost(functions, binding.start);
  return readCallSites().some((site) => {
    if (site.getScriptNameOrSourceURL() !== script.url) return false;
    const at = toOffset(script, (site.getLineNumber() ?? 1) - 1, (site.getColumnNumber() ?? 1) - 1);
    return at < binding.end && findInnermost(functions, at) === home;
  });
}

function isSomething(node: SyntaxNode): boolean {
  return node.type === 'UnaryExpression' ? node['operator'] !== 'void' : somethings.has(node.type);
}

function findInnermost(functions: readonly FunctionSource[], at: number): FunctionSource | undefined {
  let innermost: FunctionSource | undefined;
  for (const one of functions) {
    const isAround = one.start <= at && at < one.end;
    if (isAround && (innermost === undefined || innermost.start <= one.start)) innermost = one;
  }
  return innermost;
}
