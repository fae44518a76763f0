import { performance as machineClock } from 'node:perf_hooks';
import timers from 'node:timers';
import { shareOnThread } from './thread-registry.ts';

/*
 * The clocks of the machine. The bundler puts them in the place of the globals of these names (`build.js`): a test with fake
 * timers stops its own clocks, and neither Telar's watch over its workers nor the end of their sessions. Parts that are
 * loaded at the first need have those of the first part: fake timers may stand in the module of Node by then.
 */

const clocks = shareOnThread('clocks', () => {
  const { setTimeout: real } = timers;
  if ('clock' in real || real.name.startsWith('bound '))
    process.emitWarning(
      'Timers were replaced before Telar was loaded: its timeouts, and the end of its sessions, wait until those run. ' +
        'Import Telar first, as import declarations do.',
      'TelarFakeTimersWarning',
    );
  return {
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    setImmediate: timers.setImmediate,
    clearTimeout: timers.clearTimeout,
    clearInterval: timers.clearInterval,
    clearImmediate: timers.clearImmediate,
    performance: { now: machineClock.now.bind(machineClock) },
  };
});

const setTimeout: typeof timers.setTimeout = clocks.setTimeout;
const setInterval: typeof timers.setInterval = clocks.setInterval;
const setImmediate: typeof timers.setImmediate = clocks.setImmediate;
const clearTimeout: typeof timers.clearTimeout = clocks.clearTimeout;
const clearInterval: typeof timers.clearInterval = clocks.clearInterval;
const clearImmediate: typeof timers.clearImmediate = clocks.clearImmediate;
const performance: { readonly now: () => number } = clocks.performance;

export { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, performance };
