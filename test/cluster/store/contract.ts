import { after, before, describe } from 'node:test';
import type { Broker } from '../../../src/cluster/store/broker.ts';
import { type Bench, createBench } from './contract/bench.ts';
import { testLives } from './contract/lives.ts';
import { testPairs } from './contract/pairs.ts';
import { testRaces } from './contract/races.ts';
import { testSteps } from './contract/steps.ts';
import { testSurroundings } from './contract/surroundings.ts';

/** Describes what every store promises, whichever broker it is on. */
export function describeStore(name: string, given: Pick<Bench, 'open' | 'lapse'>): void {
  describe(`The store on ${name}`, () => {
    let broker: Broker;
    before(async () => {
      broker = await given.open();
    });
    after(async () => await broker.close());

    const bench = createBench(() => broker, given);
    testSteps(bench);
    testLives(bench);
    testPairs(bench);
    testRaces(bench);
    testSurroundings(bench);
  });
}
