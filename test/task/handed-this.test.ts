import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runInThisContext } from 'node:vm';
import { parallelMap } from 'telar';

type Task = (item: number) => unknown;

const helpers = `
  const step = (run, resolve, reject) => { try { resolve(run()); } catch (error) { reject(error); } };
  const __awaiter = (self, args, P, body) =>
    new Promise((resolve, reject) => step(() => body.apply(self, args || []).next().value, resolve, reject));
  const C = (self, args, body) =>
    new Promise((resolve, reject) => step(() => body.apply(self, args || []).next().value, resolve, reject));
  const __generator = (self, body) => ({ next: () => ({ value: body.call(self, {})[1], done: true }) });
  const asyncToGenerator = (fn) => function () {
    var self = this, args = arguments;
    return new Promise(function (resolve, reject) { var gen = fn.apply(self, args); step(() => gen.next().value, resolve, reject); });
  };
  const wrap = (inner, outer, self) => ({ next: () => ({ value: inner.call(self, {}), done: true }) });
  const memoize = (fn) => { const known = new Map(); return function (key) {
    if (!known.has(key)) known.set(key, fn.apply(this, arguments));
    return known.get(key);
  }; };
  const later = (fn) => function () {
    const context = this; const args = arguments;
    return new Promise((resolve) => setTimeout(function () { resolve(fn.apply(context, args)); }, 0));
  };
`;

/** Functions that do not use their `this`, as compilers and helpers leave them. */
const travelling: Readonly<Record<string, string>> = {
  'a helper of TypeScript':
    'function (x) { return __awaiter(this, void 0, void 0, function* () { return x * 3; }); }',
  'a helper of TypeScript in an arrow function':
    '(function () { return (x) => __awaiter(this, void 0, void 0, function* () { return x * 3; }); })()',
  'a helper of an import':
    '(function () { const t = { __awaiter }; return (x) => (0, t.__awaiter)(this, void 0, void 0, function* () { return x * 3; }); })()',
  'a helper that was minified':
    '(function () { return (x) => C(this, null, function* () { return x * 3; }); })()',
  'helpers of ES5':
    'function (x) { return __awaiter(this, void 0, void 0, function () { return __generator(this, function (_a) { return [2, x * 3]; }); }); }',
  'a helper of Babel and SWC': 'asyncToGenerator(function* (x) { return x * 3; })',
  'a helper that regenerates':
    'asyncToGenerator(function (x) { return wrap(function (_context) { return x * 3; }, null, this); })',
  'a call with all arguments': 'function () { return ((x) => x * 3).apply(this, arguments); }',
  'a memoised function': 'memoize((x) => x * 3)',
  'a function that is put off': 'later((x) => x * 3)',
};

const noReceiver = /it uses `this` \(line \d+\), and a task is called without one/;
const ofPlace = /uses `this` of the place where it was written/;

/** Functions that look at their `this`, in whatever way. */
const refused: Readonly<Record<string, readonly [code: string, says: RegExp]>> = {
  'a member': ['function (x) { return this.k * x; }', noReceiver],
  'an arrow function of ES5': [
    'function (x) { var _this = this; return [x].map(function (y) { return _this.k * y; }); }',
    noReceiver,
  ],
  'a variable that is given back': ['function () { const self = this; return self; }', noReceiver],
  'a variable that is read': ['function (x) { const { k } = this; return k * x; }', noReceiver],
  'a variable that is set anew': [
    'function (x) { let self = this; if (x > 1) self = { k: 1 }; return Object(self); }',
    noReceiver,
  ],
  'a variable in an object': ['function () { var self = this; return { self }; }', noReceiver],
  'a constructor': ['function () { const self = this; return new Set(self); }', noReceiver],
  'a method that was compiled': [
    'function (x) { return __awaiter(this, void 0, void 0, function* () { return this.k * x; }); }',
    noReceiver,
  ],
  'a method that was compiled for ES5': [
    'function (x) { return __awaiter(this, void 0, void 0, function () { return __generator(this, function (_a) { return [2, this.k * x]; }); }); }',
    noReceiver,
  ],
  'an arrow function that was compiled': [
    '(function () { return (x) => __awaiter(this, void 0, void 0, function* () { return this.k * x; }); })()',
    ofPlace,
  ],
  'an arrow function that hands it to anybody': [
    '(function () { return (x) => Reflect.apply(Math.max, this, [x]); })()',
    ofPlace,
  ],
  'an arrow function that hands it on inside': [
    '(function () { return (x) => __awaiter(this, void 0, void 0, function* () { return Math.max.call(this, x); }); })()',
    ofPlace,
  ],
  'an arrow function that registers it': [
    '(function () { return (x) => [x].some.call(this, function (y) { return y > 0; }); })()',
    ofPlace,
  ],
};

function compile(code: string): Task {
  return runInThisContext(`(() => { ${helpers}; return (${code}); })()`, {
    filename: '/compiled/task.js',
  }) as Task;
}

describe('a function that only hands its `this` on', () => {
  for (const [title, code] of Object.entries(travelling)) {
    it(`travels: ${title}`, async () => {
      assert.deepEqual(await parallelMap([2], compile(code)), [6]);
    });
  }
});

describe('a function that looks at its `this` is refused', () => {
  for (const [title, [code, says]] of Object.entries(refused)) {
    it(title, async () => {
      await assert.rejects(parallelMap([2], compile(code)), { name: 'CaptureError', message: says });
    });
  }
});
