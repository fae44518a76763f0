/*
 * What users write of spawned objects compiles, with the types that they expect; what is wrong does not. Compiling is the
 * test: the functions are never called.
 */
import { type Remote, spawn } from 'telar';
import { Channel } from 'telar/memory';
import { assertType } from './same.ts';

interface Features {
  readonly userId: string;
  readonly values: readonly number[];
}

class Model {
  size = 1;
  readonly name: string = '';
  readonly config: { readonly depth: number; readonly tags: readonly string[] } = { depth: 1, tags: [] };
  private readonly hidden: number = 1;

  constructor(file: string, options?: { readonly depth: number }) {
    void file;
    void options;
    void this.hidden;
  }

  predict(features: Features): number {
    return features.values.length;
  }

  async predictLater(features: Features): Promise<string> {
    return features.userId;
  }

  *train(features: Features): Generator<number, string, boolean> {
    if (yield features.values.length) return 'early';
    return 'late';
  }

  async *tail(features: Features): AsyncGenerator<Date> {
    yield new Date(features.userId);
  }
}

class Plain {
  readonly words: Channel<string> = new Channel();

  give(): Channel<string> {
    return this.words;
  }

  now(): Date {
    return new Date();
  }
}

export async function infersMembers(features: Features): Promise<void> {
  await using model = await spawn(Model, ['weights.bin']);
  assertType<Remote<Model>>()(model, true);
  assertType<Promise<number>>()(model.predict(features), true);
  assertType<Promise<string>>()(model.predictLater(features), true);
  assertType<AsyncGenerator<number, string, boolean>>()(model.train(features), true);
  assertType<AsyncGenerator<Date>>()(model.tail(features), true);
  assertType<number>()(await model.size, true);
  assertType<number>()(await model.config.depth, true);
  assertType<readonly string[]>()(await model.config.tags, true);
  await spawn.set(model, 'size', 3);
  await spawn.close(model);

  // @ts-expect-error -- it is a number.
  await spawn.set(model, 'size', 'text');
  // @ts-expect-error -- private members stay private.
  await model.hidden;
  // @ts-expect-error -- the features are missing.
  await model.predict();
  // @ts-expect-error -- properties are set with spawn.set.
  model.size = 3;
}

export async function checksArguments(): Promise<void> {
  await spawn(Model, ['weights.bin', { depth: 3 }]);
  await spawn(Plain);
  await spawn(Plain, [], { instances: 2 });
  // @ts-expect-error -- the file is missing.
  await spawn(Model);
  // @ts-expect-error -- the file is text.
  await spawn(Model, [1]);
  // @ts-expect-error -- an option that nobody reads.
  await spawn(Model, [''], { instance: 2 });
}

class Mixed extends Model {
  other(text: string): string {
    return text;
  }
}

export async function infersKeys(): Promise<void> {
  await spawn(Mixed, [''], { key: (features: Features) => features.userId });
  await spawn(Model, ['weights.bin'], { instances: 4, key: (features) => features.userId });
  // @ts-expect-error -- features have no such field.
  await spawn(Model, ['weights.bin'], { instances: 4, key: (features) => features.missing });
}

export async function takesFactoriesAndModules(): Promise<void> {
  const made = await spawn((by: number) => ({ add: (value: number) => value + by }), [1]);
  assertType<Promise<number>>()(made.add(1), true);
  const later = await spawn(async () => new Plain());
  assertType<Promise<Channel<string>>>()(later.give(), true);
  assertType<Channel<string>>()(await later.words, true);
  assertType<Promise<Date>>()(later.now(), true);
  const url = new URL('../fixtures/spawn/service.js', import.meta.url);
  const service = await spawn<typeof import('../fixtures/spawn/service.ts')>(url, { instances: 2 });
  assertType<Promise<number>>()(service.increment(), true);
  assertType<number>()(await service.version, true);
}
