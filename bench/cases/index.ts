import { buffers } from './buffers.ts';
import type { Case } from './case.ts';
import { longItems } from './long-items.ts';
import { numbers } from './numbers.ts';
import { objects } from './objects.ts';
import { shortItems } from './short-items.ts';
import { skewedItems } from './skewed-items.ts';

/** All questions, in the order in which they are asked. */
export const cases: readonly Case[] = [shortItems, longItems, skewedItems, buffers, numbers, objects];
