import type { Case } from './case.ts';
import { advice } from './advice/advice.ts';
import { capture } from './closures/capture.ts';
import { closure } from './closures/closure.ts';
import { csvFile, ndjsonFile } from './io/files.ts';
import { foldedCities, foldedDistinct, foldedPeople, foldedTop } from './io/folds.ts';
import { clusterCalls } from './cluster/calls.ts';
import { clusterCpu } from './cluster/cpu.ts';
import { linesEach, linesHalved, linesSkipped } from './io/lines.ts';
import { filtered, joined, ownFunction } from './io/transforms.ts';
import { fused } from './pipeline/fused.ts';
import { mixed } from './pipeline/mixed.ts';
import { buffersCloned, buffersShared, buffersTransferred } from './flow/buffers.ts';
import { growth } from './flow/growth.ts';
import { journal } from './flow/journal.ts';
import { longItems, shortItems } from './flow/items.ts';
import { manyRuns } from './flow/many-runs.ts';
import { nestedRuns } from './flow/nested-runs.ts';
import { numbers } from './flow/numbers.ts';
import { nestedObjects, objects } from './flow/objects.ts';
import { skewedItems } from './flow/skewed-items.ts';
import { costs } from './memory/costs.ts';
import { dictionary } from './memory/dictionary.ts';
import { into } from './memory/into.ts';
import { calls } from './process/calls.ts';
import { coldStart } from './process/cold-start.ts';
import { exit } from './process/exit.ts';
import { memory } from './process/memory.ts';
import { callsAtOnce } from './process/calls-at-once.ts';
import { oneCall } from './process/one-call.ts';
import { spawned } from './process/spawned.ts';
import { scale } from './scale/scale.ts';
import { stream } from './process/stream.ts';

/** All questions, in the order in which they are asked. */
export const cases: readonly Case[] = [
  shortItems,
  longItems,
  skewedItems,
  buffersCloned,
  buffersTransferred,
  buffersShared,
  numbers,
  objects,
  nestedObjects,
  manyRuns,
  nestedRuns,
  growth,
  journal,
  closure,
  capture,
  coldStart,
  memory,
  dictionary,
  costs,
  into,
  stream,
  calls,
  oneCall,
  callsAtOnce,
  spawned,
  exit,
  fused,
  mixed,
  ndjsonFile,
  csvFile,
  linesEach,
  linesSkipped,
  linesHalved,
  foldedCities,
  foldedPeople,
  foldedTop,
  foldedDistinct,
  clusterCpu,
  clusterCalls,
  filtered,
  joined,
  ownFunction,
  advice,
  scale,
];
