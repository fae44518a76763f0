import type { Scenario } from '../trial/trial.ts';
import { abort } from './abort.ts';
import { closing } from './closing.ts';
import { deaths } from './deaths.ts';
import { errors } from './errors.ts';
import { memoryShapes } from './memory-shapes.ts';
import { messageLife } from './message-life.ts';
import { randomFaults } from './random-faults.ts';
import { reading } from './reading.ts';
import { timeouts } from './timeouts.ts';

/** All scenarios in memory. Those on disk (journals, kill -9) have test files of their own, which `run.ts` drives. */
export const scenarios: readonly Scenario[] = [
  randomFaults,
  messageLife,
  errors,
  timeouts,
  abort,
  deaths,
  reading,
  closing,
  memoryShapes,
];
