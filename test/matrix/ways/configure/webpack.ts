/** Files that build a bundle by webpack's interface: its program is a package of its own. */
export function bundleWithWebpack(
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const all = { target: 'node20', mode: 'production', entry: './main.js', devtool: false, ...config };
  return {
    'build.mjs': `import webpack from 'webpack';

const output = { path: process.cwd() + '/out', filename: 'main.js' };
const all = ${JSON.stringify(all)};
webpack({ ...all, output: { ...output, ...all.output } }, (error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
});
`,
  };
}
