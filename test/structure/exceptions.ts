import type { Exceptions } from './judge.ts';

/** Things that are over a limit: the most that each may be, and why. The list grows only in a commit that says why. */
export const exceptions: Exceptions = {
  'lines of a file': {},
  'fields of a class': {
    'src/flow/launch/reader.ts Reader': [
      13,
      'the loop of a `for await`: with the segment that is read in a class of its own, a result took 19 % more CPU time',
    ],
    'src/bytes/decode/lines/line-reader.ts LineReader': [
      15,
      'the place of one line in the bytes and in the text around it, and how far that text is plain, which changes at once for each line read',
    ],
    'src/task/capture/builder/graph-builder.ts GraphBuilder': [
      12,
      'a graph in the making: a list for each kind of its parts, and what is still to be filled in',
    ],
  },
  'lines of a function': {
    'src/task/source/walk/walk.ts Walk#visit': [
      70,
      'one switch over the kinds of syntax nodes, a line or two for each: in two halves, a reader would look in both',
    ],
  },
  'methods of a class': {
    'src/pipeline/pipeline.ts Pipeline': [23, 'one method for each stage and each end that users write'],
    'src/flow/pool/dispatch/dispatch.ts Dispatch': [
      24,
      'what a pool is to its runs, its balance, its patrol, its stats and its end: a method each, most of a line, over one set of sessions',
    ],
    'src/flow/pool/session/worker-session.ts WorkerSession': [
      23,
      'ten getters of a line, by which dispatch and watch see one session, its rest, and the events of its inbox',
    ],
    'src/task/source/walk/walk.ts Walk': [
      17,
      'a visitor of syntax: a method for each kind of node that binds or uses names, and they call each other in a ring',
    ],
  },
};
