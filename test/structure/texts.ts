import { findBrokenRules, findCircularImports } from '../layers/check.ts';
import { floors } from '../layers/floors.ts';

type Sources = ReadonlyMap<string, string>;

/** Private words for things that have a name in the field, each of which was given up for that name. */
const PRIVATE_WORDS =
  'Aside|Clerk|FailedItem|KnownItems|Lane|LastWords|LetterPort|Letters|Loans|Obituaries|Quarantine|Retrier|Salvage|Taker|Tally';
const DECLARED = new RegExp(
  `\\b(?:class|interface|type) (?:${PRIVATE_WORDS})(?:<[^>]*>)? (?:=|\\{|extends|implements)`,
  'g',
);

/** Begins of comments that are no sentences: they lean on the name below, or on the comment before. */
const LEANING =
  /\/\*\*\s+(?:\* )?(?:What|How|Who|Whose|Of|Those|The same|Its?|They|Their|Told)\b|(?:-|\/){2} [Aa]s above\b|\/\/ (?:Its?|They|Their|Of)\b(?<!\/\/.*\n\s*\/\/ \w+)/g;

/** Members of an object type that are functions, by an arrow or by the name of their type. */
const CALLBACK = /^ {2}readonly \w+\??:(?:[^;]*=>|\s*NameItem\b)/gm;

/** Counts the imports that run up, or to a neighbour, by the plan of the house. */
export function countImportsUp(sources: Sources): number {
  const ours = pick(sources, /^(?:src|workers)\//);
  return findBrokenRules(ours, { floors, wrappedPackages: [] }).filter((rule) => rule.includes(' imports '))
    .length;
}

/** Counts the circles of files in a folder. */
export function countCircles(sources: Sources, folder: string): number {
  return findCircularImports(pick(sources, new RegExp(`^${folder}/`))).length;
}

/** Counts the functions that a run is given beside its listeners. */
export function countCallbacks(sources: Sources): number {
  const plans = ['src/flow/run/run-plan.ts', 'src/flow/outcome/ledger.ts'].map(
    (file) => /interface (?:Run|Delivery)Plan\b[^{]*\{\n[\s\S]*?\n\}/.exec(sources.get(file) ?? '')?.[0],
  );
  return count(plans.join('\n'), CALLBACK);
}

/** Counts the lines of the engine's runs that name the journal, which listens to them. */
export function countJournalLines(sources: Sources): number {
  return [...pick(sources, /^src\/flow\/run\//).values()]
    .flatMap((source) => source.split('\n'))
    .filter((line) => /journal/i.test(line)).length;
}

/** Counts the types in a file that have a private word for a name. */
export function countPrivateWords(source: string): number {
  return count(source, DECLARED);
}

/** Counts the comments of a folder that are no sentences, as far as their first word tells. */
export function countLeaning(sources: Sources, folder: string): number {
  let all = 0;
  for (const source of pick(sources, new RegExp(`^${folder}/`)).values()) {
    all += count(source, LEANING);
  }
  return all;
}

function pick(sources: Sources, path: RegExp): Map<string, string> {
  return new Map([...sources].filter(([file]) => path.test(file)));
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}
