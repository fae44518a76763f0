import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inFull } from '../harness/long.ts';
import { root } from '../harness/root.ts';

const program = new URL('../fixtures/starts/forms.js', import.meta.url);
const expected = `thread 2,4,6
thread 10
thread no
thread CloneError: \`item.call\`
process 2,4,6
process 10
process no
process CloneError: \`item.call\`
10,20,30
2 5
closed
`;
const source = `await import('${program.href}');`;

/** Flags of V8, and of the process: none of them may be given to a thread. */
const refused = [
  '--max-old-space-size=512',
  '--max-semi-space-size=16',
  '--expose-gc',
  '--stack-size=900',
  '--stack-trace-limit=20',
  '--no-opt',
  '--title',
  'telar',
  '--disable-proto=delete',
  '--zero-fill-buffers',
  '--unhandled-rejections=strict',
  '--no-deprecation',
];

async function run(flags: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const child = spawn(process.execPath, flags, {
    env: { ...inherited, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 90_000,
  });
  child.stdin.end(input);
  const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.equal(said, expected, complaints);
}

describe('a program that is started', () => {
  for (const flag of ['--jitless', '--frozen-intrinsics']) {
    it(`with ${flag} has all its calls`, () => run([flag, fileURLToPath(program)]));
  }

  it('from `--eval` as a module, with flags that no thread may have, has all its calls', () =>
    run([...refused, '--input-type=module', '--eval', source]));

  it('from standard input as a module, with such flags, has all its calls', inFull, () =>
    run([...refused, '--input-type', 'module', '-'], source),
  );

  it(
    'with flags that its children do not get, and values that stand by themselves, has all its calls',
    inFull,
    () => run(['--test-name-pattern', 'none', '--inspect-port', '0', fileURLToPath(program)]),
  );

  for (const [what, flag, preload] of [
    ['in a realm that lacks what Node has', '--require', 'test/fixtures/starts/poor-realm.cjs'],
    ['where another class stands for Promise', '--require', 'test/fixtures/starts/own-promise.cjs'],
    ['and given fake timers', '--import', 'dist/test/fixtures/starts/fake-timers.js'],
  ] as const) {
    it(`${what} has all its calls`, () =>
      run([flag, fileURLToPath(new URL(preload, root)), fileURLToPath(program)]));
  }

  it('as a module for which NODE_OPTIONS says so has all its calls', inFull, () =>
    run(['--expose-gc', '-'], source, { NODE_OPTIONS: '--input-type=module --max-old-space-size=512' }),
  );
});
