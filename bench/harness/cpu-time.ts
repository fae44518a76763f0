import { cpus } from 'node:os';

/** Milliseconds of CPU that all threads of this process have used. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of CPU that the whole machine has used, in steps of 10. */
export function machineTime(): number {
  let busy = 0;
  for (const { times } of cpus()) busy += times.user + times.nice + times.sys + times.irq;
  return busy;
}
