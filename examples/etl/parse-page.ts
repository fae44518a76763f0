import { parseSource } from '../scan/parse-source.ts';

/** A row of the table `files`. */
export interface FileRow {
  readonly path: string;
  readonly package: string;
  readonly bytes: number;
  readonly lines: number;
  readonly parses: boolean;
  readonly functions: number;
}

interface Page {
  readonly files: readonly { readonly path: string; readonly package: string; readonly text: string }[];
}

/** Reads a page of the files API, and parses each file in it: what the workers do. */
export function* parsePage(bytes: Uint8Array): Generator<FileRow> {
  const { files } = JSON.parse(new TextDecoder().decode(bytes)) as Page;
  for (const { path, package: name, text } of files) {
    const source = Buffer.from(text);
    const parsed = parseSource(source);
    const lines = text.split('\n').length;
    const functions = parsed.ok ? parsed.structure.functions : 0;
    yield { path, package: name, bytes: source.byteLength, lines, parses: parsed.ok, functions };
  }
}
