/** Files that build a bundle by esbuild's interface: its program is no script. */
export function bundleWithEsbuild(
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const all = {
    entryPoints: ['./main'],
    bundle: true,
    platform: 'node',
    target: 'es2022',
    outfile: 'out/main.js',
    ...options,
  };
  return { 'build.mjs': `import { build } from 'esbuild';\n\nawait build(${JSON.stringify(all)});\n` };
}
