import { availableParallelism } from 'node:os';

/** Counts the cores that this process may use, also by a container's quota, of which Node 20 knows nothing. */
export function countCores(): number {
  const quota = readCpuQuota();
  const cores = availableParallelism();
  return quota === undefined ? cores : Math.max(1, Math.min(cores, Math.floor(quota)));
}

/** Reads how many CPUs the container grants (cgroup v2, then v1); `undefined` where there is no limit. */
function readCpuQuota(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const unified = readNumbers('/sys/fs/cgroup/cpu.max');
  const [quota, period] = unified ?? [
    readNumbers('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')?.[0],
    readNumbers('/sys/fs/cgroup/cpu/cpu.cfs_period_us')?.[0],
  ];
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return quota / period;
}

function readNumbers(path: string): number[] | undefined {
  try {
    // An import would read all that node:fs exports, and so load streams and promises: 12 ms.
    const { readFileSync } = process.getBuiltinModule('node:fs');
    return readFileSync(path, 'utf8').trim().split(/\s+/).map(Number);
  } catch {
    // This system has no such controller.
    return undefined;
  }
}
