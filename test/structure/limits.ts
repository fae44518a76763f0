import type { Limits } from './judge.ts';

/** The most that each figure may be, in src and workers; the lines of a file also in bench, test and examples. */
export const limits: Limits = {
  'folders in a knot': 1,
  'loose files at the root of src': 6,
  'files in a folder': 9,
  'lines of a file': 250,
  'lines of a function': 60,
  'fields of a class': 11,
  'methods of a class': 16,
  'imports that run up': 0,
  'circles of files': 0,
  'callbacks of a run plan': 4,
  'lines that name the journal': 0,
  'private words': 0,
  'comments that lean': 0,
};
