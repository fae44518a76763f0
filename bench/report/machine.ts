import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** How many cores the contenders have. The goals are those of two. */
export const cores: number = availableParallelism();

const PACKAGES = ['piscina', 'tinybench'];

/** What a reader has to know to judge the numbers, a line each. */
export function describeMachine(): readonly string[] {
  const [cpu] = cpus();
  const versions = PACKAGES.map((name) => `${name} ${readVersion(`node_modules/${name}/package.json`)}`);
  return [
    `telar ${readVersion('package.json')} · Node ${process.versions.node} (V8 ${process.versions.v8}) · ${versions.join(' · ')}`,
    `${cpu?.model.trim() ?? 'unknown processor'} · ${cores} cores · ${Math.round(totalmem() / 2 ** 30)} GB · ${platform()} ${release()} ${arch()}`,
    `load before the start: ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  ];
}

function readVersion(path: string): string {
  const { version } = JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
