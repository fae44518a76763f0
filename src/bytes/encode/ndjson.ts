import { describeEncoded } from './describe-encoded.ts';

/** JSON on a line of its own. */
export function writeJson(record: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(record) as string | undefined;
  } catch (cause) {
    throw new TypeError(`A result has no JSON form: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
  if (text === undefined) throw new TypeError(`A result has no JSON form: it is ${describeEncoded(record)}.`);
  return `${text}\n`;
}
