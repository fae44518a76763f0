/**
 * Entry for modules that are preloaded in a worker, and start a run before the worker's own entry is there: see
 * src/wire/message/nested.ts.
 */
import { serveOwnRuns } from './session/serve-own-runs.ts';

serveOwnRuns();
