import { serveNested } from '../../src/wire/message/nested.ts';
import { Session } from './session.ts';

/** Makes this thread serve the runs that are started on it. */
export function serveOwnRuns(): void {
  serveNested((start) => new Session(start, { isNested: true }).ended);
}
