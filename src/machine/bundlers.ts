/** Function that exists only in bundles of webpack, and of bundlers that are built on it. */
declare const __webpack_require__: unknown;

const VITE = "`ssr: { external: ['telar'] }` in the configuration of Vite";
const NEXT = "`serverExternalPackages: ['telar']` in next.config";
const WEBPACK =
  "`externals: [/^telar/], externalsType: 'module'` in webpack.config (`'commonjs'` for CommonJS output), or for ncc " +
  '`--external telar`, and the same for each entry that is used, such as telar/files';
/** Options of bundlers that leave nothing in a bundle by which they could be told. */
const OTHERS =
  '`--external:telar` (esbuild), `external: /^telar/` (Rollup, Rolldown) or `--external telar` (Bun)';

/**
 * Returns the configuration that keeps Telar out of a bundle: for the bundler that made this one, where it can be told.
 */
export function describeBundler(): string {
  if (process.env['NEXT_RUNTIME'] !== undefined) return NEXT;
  if ((import.meta as { env?: { SSR?: unknown } }).env?.SSR === true) return VITE;
  if (typeof __webpack_require__ === 'function') return WEBPACK;
  return OTHERS;
}
