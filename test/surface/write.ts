import { writeFileSync } from 'node:fs';
import { describeSurface, LIST } from './public-names.ts';

writeFileSync(LIST, describeSurface());
