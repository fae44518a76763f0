import { WorkerError } from 'telar';
import { exhaust, shapes } from '../tasks/shapes.ts';
import type { Scenario } from '../trial/trial.ts';

/** Shapes of which the short form tries some: Node 20 gives up the whole process for them. */
const SHORT = ['arrays of ten million numbers', 'strings repeated', 'wide strings joined'];

/** On a thread some of these end the program: see docs/memory-limits.md. */
export const memoryShapes: Scenario = {
  name: 'memory-shapes',
  claim: 'memory that runs away, in whatever shape, costs its item alone',
  isolates: ['process'],
  run: async (trial) => {
    const names = trial.isShort ? SHORT : Object.keys(shapes);
    const wrong: string[] = [];
    const harmed: string[] = [];
    await trial.withPool({ workers: 2, resourceLimits: { maxOldGenerationSizeMb: 64 } }, async (pool) => {
      for (const name of names) {
        const items = [0, 1, name, 3, 4];
        const outcomes = await trial.settled(items, exhaust, { pool });
        outcomes.forEach((outcome, index) => {
          if (index !== 2) {
            if (outcome.status !== 'fulfilled' || outcome.value !== items[index])
              harmed.push(`${name}: item ${index}`);
          } else if (outcome.status !== 'rejected' || !(outcome.reason instanceof WorkerError)) {
            wrong.push(`${name}: ${outcome.status}`);
          } else if (outcome.reason.reason !== 'out-of-memory')
            wrong.push(`${name}: ${outcome.reason.message}`);
        });
      }
    });
    trial.score.unexpected += wrong.length + harmed.length;
    trial.figures.atLeast('shapes tried', names.length, trial.isShort ? 3 : 36);
    // We would not come here.
    trial.figures.none('ends of the main process', 0);
    trial.figures.none('items that did not fail as out of memory', wrong);
    trial.figures.none('innocents harmed', harmed);
  },
};
