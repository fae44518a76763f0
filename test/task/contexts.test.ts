import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { census } from '../census.ts';
import { inFull, sample } from '../harness/long.ts';

/** Folder in which tsx keeps what it has compiled. */
census({ keeps: /^tsx-\d+$/ });

const folder = mkdtempSync(join(tmpdir(), 'telar-contexts-'));
after(() => rmSync(folder, { recursive: true }));

const harness = new URL('./harness/run-on-worker.js', import.meta.url).href;
const tsx = import.meta.resolve('tsx');
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false;

/** The lines that every program runs: captured variables, a helper, an import, a class. */
const body = `
  const rate = 2;
  const helper = (value) => value * rate;
  class Box { #kept = rate; get kept() { return this.#kept; } }
  const task = (value) => [helper(value), new Box().kept, basename('/a/b')];
`;
const call = `
  const worker = new TestWorker();
  worker.run(task, 4).then((result) => { console.log(JSON.stringify(result)); return worker.close(); });
`;
const expected = '[8,2,"b"]\n';
const asModule = `import { basename } from 'node:path'; import { TestWorker } from '${harness}'; ${body} ${call}`;
const asCommonJs = `const { basename } = require('node:path'); ${body} import('${harness}').then(({ TestWorker }) => { ${call} });`;

function run(
  parameters: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, parameters, {
    cwd: folder,
    encoding: 'utf8',
    input: options.input ?? '',
    // A child of node:test that is no test of its own.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...options.env },
  });
  if (status !== 0) assert.fail(`status ${status}\n${stderr}`);
  assert.doesNotMatch(stderr, /ExperimentalWarning: vm/);
  return stdout;
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('closures travel from', () => {
  it('the entry file, as an ES module', () => {
    assert.equal(run([write('entry.mjs', asModule)]), expected);
  });
  it('the entry file, exported from it', () => {
    const text = asModule.replace('const task', 'export const task');
    assert.equal(run([write('exporting.mjs', text)]), expected);
  });
  it('the entry file, as a CommonJS module', () => {
    assert.equal(run([write('entry.cjs', asCommonJs)]), expected);
  });
  it('the entry file, exported by a CommonJS module', inFull, () => {
    assert.equal(run([write('exporting.cjs', `${asCommonJs} exports.task = task;`)]), expected);
  });
  it('the entry file, named without its extension', inFull, () => {
    write('bare.js', `${asCommonJs} exports.task = task;`);
    assert.equal(run([join(folder, 'bare')]), expected);
  });
  it('node --eval', () => {
    assert.equal(run(['--eval', asCommonJs]), expected);
    // There the modules of Node are variables.
    assert.equal(
      run([
        '--eval',
        asCommonJs.replace("{ basename } = require('node:path')", 'basename = (name) => path.basename(name)'),
      ]),
      expected,
    );
  });
  it('node --eval, as an ES module', inFull, () => {
    assert.equal(run(['--input-type=module', '--eval', asModule]), expected);
  });
  it('the standard input', () => {
    assert.equal(run(['-'], { input: asCommonJs }), expected);
  });
  it('the REPL', async () => {
    const lines = [
      'const basename = (name) => path.basename(name); var rate = 2',
      'function helper(value) { return value * rate }',
      'class Box { #kept = rate; get kept() { return this.#kept } }',
      'let task = (value) => [helper(value), new Box().kept, basename("/a/b")]',
      `import('${harness}').then(({ TestWorker }) => { ${call} })`,
    ];
    const repl = spawn(process.execPath, ['-i'], { cwd: folder });
    repl.stdin.write(`${lines.join('\n').replaceAll(/\n\s+/g, '\n')}\n`);
    let output = '';
    for await (const piece of repl.stdout) {
      output += String(piece);
      if (output.includes(expected)) repl.stdin.end();
      assert.doesNotMatch(output, /Uncaught/);
    }
    assert.ok(output.includes(expected), output);
  });
  it('a test of node:test', () => {
    const text = `import { it } from 'node:test'; import assert from 'node:assert'; ${asModule.replace(call, '')}
      it('runs', async () => {
        const worker = new TestWorker();
        assert.deepEqual(await worker.run(task, 4), ${expected});
        await worker.close();
      });`;
    assert.match(run(['--test', '--test-reporter=tap', write('some.test.mjs', text)]), /# pass 1/);
  });
  it('a TypeScript entry file under tsx', () => {
    const typed = asModule.replace('(value) => [helper', '(value: number) => [kind * helper');
    const text = `enum Kind { One = 1 } const kind: Kind = Kind.One; ${typed}`;
    assert.equal(run(['--import', tsx, write('entry.mts', text)]), expected);
  });
  if (stripsTypes) {
    it('a TypeScript entry file with native type stripping', () => {
      const text = asModule.replace('const rate = 2', 'const rate: number = 2');
      assert.equal(run([write('stripped.mts', text)]), expected);
    });
  }
  it('a function of a TypeScript module, whatever Node runs it', () => {
    write(
      'tasks.mts',
      'import { rate } from "./rate.mts"; export const scale = (value: number): number => value * rate;',
    );
    write('rate.mts', 'export const rate: number = 2;');
    const text = `import { TestWorker } from '${harness}'; import { importTasks } from '${new URL('../../src/task/handle/import-tasks.js', import.meta.url).href}';
      const tasks = importTasks(new URL('./tasks.mts', import.meta.url));
      const worker = new TestWorker(); console.log(await worker.run(tasks.scale, 4)); await worker.close();`;
    write('package.json', '{"type":"module"}');
    assert.equal(run([write('by-name.mjs', text)]), '8\n');
  });
  it('a worker thread', () => {
    const text = `import { Worker, isMainThread } from 'node:worker_threads'; if (isMainThread) new Worker(new URL(import.meta.url)); else { ${asModule.replace(/import \{[^;]*;/g, '')} }`;
    const imports = `import { basename } from 'node:path'; import { TestWorker } from '${harness}';`;
    assert.equal(run([write('thread.mjs', imports + text)]), expected);
  });
});

describe('stacks point to the file that was written', () => {
  const lines = (imports: string, fails: string): string => `${imports}

interface Row { readonly id: number }
const worker = new TestWorker();
const helper = (row: Row): never => {
  throw new RangeError(\`row \${row.id}\`);
};
const fails = ${fails};
await worker.run(fails, { id: 1 }).catch(({ stack }) => console.log(stack));
await worker.close();
`;
  const imports = `import { TestWorker } from '${harness}';`;

  it('under tsx', () => {
    // tsx starts slowly: `npm test` has the plain function.
    const forms = [
      '(row: Row) => helper(row)',
      'async (row: Row) => helper(row)',
      'function* (row: Row) { yield helper(row) }',
    ];
    for (const fails of forms.slice(0, sample(1, 3))) {
      const output = run(['--import', tsx, write('throws.mts', lines(imports, fails))]);
      assert.match(output, /RangeError: row 1\n.*throws\.mts:6:9/);
      assert.match(output, /throws\.mts:8:/);
    }
  });
  it('compiled, with source maps enabled', () => {
    const map =
      'eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbIm9yaWdpbmFsLnRzIl0sIm5hbWVzIjpbXSwibWFwcGluZ3MiOiI7OztBQVNBIn0=';
    const text = `${imports}
const worker = new TestWorker();
await worker.run(() => {
  throw new RangeError('mapped'); }).catch(({ stack }) => console.log(stack)); await worker.close();
//# sourceMappingURL=data:application/json;base64,${map}`;
    assert.match(run(['--enable-source-maps', write('compiled.mjs', text)]), /original\.ts:10:/);
    assert.match(run([write('compiled.mjs', text)]), /compiled\.mjs:4:/);
  });
});

describe('closures travel', () => {
  const entry = (): string => write('flags.mjs', asModule);
  it('with source maps enabled', inFull, () =>
    assert.equal(run(['--enable-source-maps', entry()]), expected),
  );
  it('while coverage is collected', inFull, () => {
    assert.equal(run([entry()], { env: { NODE_V8_COVERAGE: join(folder, 'coverage') } }), expected);
  });
  it('where code from strings is not allowed', () => {
    assert.equal(run(['--disallow-code-generation-from-strings', entry()]), expected);
  });
  it('while another client of the inspector is attached', () => {
    const attach = `import inspector from 'node:inspector'; const client = new inspector.Session(); client.connect();
      client.post('Debugger.enable'); client.post('Runtime.enable'); client.on('Debugger.paused', () => console.log('paused'));`;
    assert.equal(run([write('attached.mjs', attach + asModule)]), expected);
  });
  it('while a debugger listens', () => assert.equal(run(['--inspect=0', entry()]), expected));
});

describe('where the inspector is denied', () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const parameters = [flag, '--allow-fs-read=*', '--allow-worker', '--no-warnings'];

  it('says so, and what works there', () => {
    const text = asModule.replace(
      call,
      `try { new TestWorker().run(task, 4).catch(({ message }) => { console.log(message); process.exit() }); } catch { }`,
    );
    assert.match(
      run([...parameters, write('denied.mjs', text)]),
      /^`task` cannot travel to a worker: .*inspector.*importTasks\(\)/,
    );
  });
});
