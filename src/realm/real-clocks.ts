import { performance as clock } from 'node:perf_hooks';
import timers from 'node:timers';

/*
 * The clocks of the machine. The bundler puts them in the place of the globals of these names (`build.js`): a test with fake
 * timers stops its own clocks, and neither Telar's watch over its workers nor the end of their sessions.
 */

const setTimeout: typeof timers.setTimeout = timers.setTimeout;
const setInterval: typeof timers.setInterval = timers.setInterval;
const setImmediate: typeof timers.setImmediate = timers.setImmediate;
const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;
const clearInterval: typeof timers.clearInterval = timers.clearInterval;
const clearImmediate: typeof timers.clearImmediate = timers.clearImmediate;
const performance: { readonly now: () => number } = { now: clock.now.bind(clock) };

export { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, performance };
