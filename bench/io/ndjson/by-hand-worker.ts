import { serveBlocks } from '../by-hand/serve-blocks.ts';
import { transformBlock } from './transform-block.ts';

serveBlocks(transformBlock);
