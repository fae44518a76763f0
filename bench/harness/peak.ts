import { readFileSync } from 'node:fs';

/**
 * The most bytes that this process has held. On Linux `resourceUsage().maxRSS` begins with what the parent held when
 * it started us, which says more about the bench than about the program.
 */
export function readPeak(): number {
  if (process.platform === 'linux') {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (peak !== undefined) return Number(peak) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
