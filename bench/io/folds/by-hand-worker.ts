import { parentPort, workerData } from 'node:worker_threads';
import { findPeople, findTop, type Range, sumCities, sumPeople } from './fold-range.ts';

const folds = { cities: sumCities, people: sumPeople, top: findTop, distinct: findPeople };

const range = workerData as Range;
parentPort?.postMessage(folds[range.question](range));
