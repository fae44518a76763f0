/** Loaded by modules that are preloaded in a worker, and start a run before its entry is there: see src/wire/message/nested.ts. */
import { serveOwnRuns } from './session/serve-own-runs.ts';

serveOwnRuns();
