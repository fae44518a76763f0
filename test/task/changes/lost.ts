// Variables that only these functions use: what they change in them, nobody else sees.
/* oxlint-disable no-unused-expressions, no-sequences, unicorn/no-array-for-each, unicorn/prefer-spread */

interface Tally {
  total: number;
  max: number;
  list: number[];
  readonly byKey: Record<string, number | undefined>;
  readonly deep: { readonly a: { b: number } };
}

const makeTally = (): Tally => ({ total: 0, max: 0, list: [], byKey: {}, deep: { a: { b: 0 } } });
type Entry = readonly [title: string, name: string, task: (n: number) => unknown];

/** Each changes a variable of the given name, and reads nothing of it but to put it back. */
export function listLost(): Entry[] {
  const seen: number[] = [];
  const totals = new Map<number, number>();
  const ids = new Set<number>();
  const stats = makeTally();
  const cells = new Float64Array(4);
  const view = new DataView(new ArrayBuffer(8));
  const bytes = Buffer.alloc(4);
  const groups: Record<string, number[] | undefined> = {};
  const lists = new Map<number, number[]>([[1, []]]);
  const bare = Object.create(null) as Record<string, number>;
  const lines: { readonly n: number }[] = [];
  const note = (n: number): void => {
    seen.push(n);
  };
  const noteShortly = (n: number): number => seen.push(n);
  const noteDeep = (n: number): void => note(n);
  const copy = seen;
  // prettier-ignore
  return [
    ['an array that is pushed to', 'seen', (n) => { seen.push(n); }],
    ['… in a callback', 'seen', (n) => { [n].forEach((x) => seen.push(x)); }],
    ['… in a callback that returns', 'seen', (n) => { [n].forEach(function add(x) { return seen.push(x); }); }],
    ['… in a loop', 'seen', (n) => { for (let at = 0; at < n; at++) seen.push(at); }],
    ['… in an async callback', 'seen', async (n) => { await Promise.all([n].map(async (x) => { seen.push(await Promise.resolve(x)); })); }],
    ['… after something awaited', 'seen', async (n) => { await Promise.resolve(); seen.push(n); return n; }],
    ['… conditionally', 'seen', (n) => { n > 1 && seen.push(n); }],
    ['… in one of two branches', 'seen', (n) => { n > 1 ? seen.push(n) : seen.unshift(n); }],
    ['… with the result thrown away by void', 'seen', (n) => void seen.push(n)],
    ['… beside a result', 'seen', (n) => (seen.push(n), n * 2)],
    ['… by optional chaining', 'seen', (n) => { seen?.push(n); }],
    ['… by name in brackets', 'seen', (n) => { seen['push'](n); }],
    ['… by apply', 'seen', (n) => { seen.push.apply(seen, [n]); }],
    ['… by call', 'seen', (n) => { Array.prototype.push.call(seen, n); }],
    ['… in a helper', 'seen', (n) => { note(n); }],
    ['… in a helper of a helper', 'seen', (n) => { noteDeep(n); }],
    ['… in a helper whose result is dropped', 'seen', (n) => { noteShortly(n); return n; }],
    ['… in a helper that is a callback', 'seen', (n) => { [n].forEach(noteShortly); }],
    ['… in a local function', 'seen', (n) => { const add = (x: number): number => seen.push(x); add(n); }],
    ['… in a function that is called at once', 'seen', (n) => { (() => seen.push(n))(); }],
    ['… under another name', 'copy', (n) => { copy.push(n); }],
    ['… by an alias', 'seen', (n) => { const list = seen; list.push(n); }],
    ['… in finally', 'seen', (n) => { try { return n; } finally { seen.push(n); } }],
    ['… with more of itself', 'seen', (n) => { seen.push(seen.length + n, ...seen); }],
    ['… in a generator', 'seen', function* generate(n) { seen.push(n); yield n; }],
    ['an array that is emptied', 'seen', () => { seen.length = 0; }],
    ['an array that grows by its length', 'seen', (n) => { seen[seen.length] = n; }],
    ['an array whose elements change places', 'seen', () => { [seen[0], seen[1]] = [seen[1] ?? 0, seen[0] ?? 0]; }],
    ['an array that is sorted', 'seen', () => { seen.sort((a, b) => a - b); }],
    ['an array that is spliced and filled', 'seen', (n) => { seen.splice(0, 1); seen.fill(n); }],
    ['an array of objects', 'lines', (n) => { lines.push({ n }); }],
    ['a map that is set', 'totals', (n) => { totals.set(n, 1); }],
    ['… in a row', 'totals', (n) => { totals.set(n, 1).set(n + 1, 2); }],
    ['… to what it was, and more', 'totals', (n) => { totals.set(n, (totals.get(n) ?? 0) + 1); }],
    ['… by way of a constant', 'totals', (n) => { const old = totals.get(n) ?? 0; totals.set(n, old + 1); }],
    ['a map of lists that are pushed to', 'lists', (n) => { lists.get(1)?.push(n); }],
    ['a map that is cleared', 'totals', () => { totals.clear(); }],
    ['a set that is added to', 'ids', (n) => { ids.add(n); }],
    ['… and deleted from', 'ids', (n) => { ids.add(n); ids.delete(n - 1); }],
    ['a member that is added to', 'stats', (n) => { stats.total += n; }],
    ['a member that is counted', 'stats', () => { stats.total++; }],
    ['a member that is set to what it was, and more', 'stats', (n) => { stats.total = stats.total + n; }],
    ['a maximum', 'stats', (n) => { stats.max = Math.max(stats.max, n); }],
    ['a list that is replaced', 'stats', (n) => { stats.list = [...stats.list, n]; }],
    ['a list that is concatenated', 'stats', (n) => { stats.list = stats.list.concat(n); }],
    ['a count by key', 'stats', (n) => { stats.byKey[`${n}`] = (stats.byKey[`${n}`] ?? 0) + 1; }],
    ['a deep member', 'stats', () => { stats.deep.a.b++; }],
    ['a deep list', 'stats', (n) => { stats.list.push(n); }],
    ['a list by destructuring', 'stats', (n) => { const { list } = stats; list.push(n); }],
    ['a deep object by destructuring', 'stats', (n) => { const { deep: { a }, } = stats; a.b += n; }],
    ['a number by destructuring, put back', 'stats', (n) => { const { total } = stats; stats.total = total + n; }],
    ['a member that is deleted', 'groups', (n) => { delete groups[`${n}`]; }],
    ['a member that is set if it is not there', 'groups', (n) => { groups[`${n}`] ??= []; }],
    ['… and pushed to', 'groups', (n) => { (groups[`${n}`] ??= []).push(n); }],
    ['… in two steps', 'groups', (n) => { groups[`${n}`] ??= []; groups[`${n}`]?.push(n); }],
    ['Object.assign', 'stats', (n) => { Object.assign(stats, { total: stats.total + n }); }],
    ['Object.defineProperty', 'bare', (n) => { Object.defineProperty(bare, `${n}`, { value: n }); }],
    ['Reflect.set', 'bare', (n) => { Reflect.set(bare, `${n}`, n); }],
    ['the target of a loop', 'stats', (n) => { for (stats.total of [n]); }],
    ['the target of a pattern', 'stats', (n) => { ({ n: stats.total } = { n }); }],
    ['a typed array', 'cells', (n) => { cells[0] = n; }],
    ['… that is added to', 'cells', (n) => { cells[n % 4] = (cells[n % 4] ?? 0) + n; }],
    ['… that is filled', 'cells', (n) => { cells.fill(n); cells.set([n], 1); }],
    ['a view', 'view', (n) => { view.setFloat64(0, n); }],
    ['a Buffer', 'bytes', (n) => { bytes.writeUInt8(n, 0); }],
    ['an object without a prototype', 'bare', (n) => { bare[n] = n; }],
  ];
}
