import { AtomicCounter } from '../sync/atomic-counter.ts';
import { Channel } from '../channel/channel.ts';
import { Mutex } from '../sync/mutex.ts';
import { Semaphore } from '../sync/semaphore.ts';
import { openData } from '../read/open-data.ts';
import { SharedText, type TextUnits } from '../read/shared-text.ts';
import { KEY, type Seal, setSeal } from '../seal/seal.ts';

/** Makes an object again over the memory that its seal brought. */
export function openSeal(seal: Seal): object {
  switch (seal[KEY]) {
    case 'counter':
      return openAs(AtomicCounter.prototype, seal);
    case 'semaphore':
      return openAs(Semaphore.prototype, seal);
    case 'mutex':
      return openAs(Mutex.prototype, seal);
    case 'channel':
      return openAs(Channel.prototype, seal);
    case 'text':
      return new SharedText(seal['units'] as TextUnits);
    case 'data':
      return openData(seal['memory'] as SharedArrayBuffer, seal['place'] as number);
    case 'URL':
      return new URL(seal['text'] as string);
    case 'URLSearchParams':
      return new URLSearchParams(seal['text'] as string);
    case 'Headers':
      return new Headers(JSON.parse(seal['text'] as string) as [string, string][]);
  }
}

/** Makes an object of a class whose fields are those of its seal, and nothing else. */
function openAs(prototype: object, seal: Seal): object {
  const { [KEY]: _kind, ...fields } = seal;
  const object = Object.assign(Object.create(prototype) as object, fields);
  setSeal(object, seal);
  return Object.freeze(object);
}
