/** A piece of the log from stdin to stdout, for GNU parallel. */
import { buffer } from 'node:stream/consumers';
import { transformBlock } from './transform-block.ts';

process.stdout.write(transformBlock((await buffer(process.stdin)) as Buffer<ArrayBuffer>));
