import { LOOP_LEFT, LOOP_ON, LOOP_THROUGH, type LoopEnd, type RecordHost } from '../lines/decoder.ts';
import type { LineReader } from '../lines/line-reader.ts';
import type { NextPlace } from './next-place.ts';
import { compile, type Field, NOWHERE, writeCut, writeRow } from './row-code.ts';

/** Place of the row that was read last, in its block. */
export interface RowPlace {
  start: number;
  line: number;
}

/**
 * Reads the rows that stand in the text of many lines, one after the other, and hands each to the host. It does what
 * `LineReader.readPlain` and the form of the rows do, in one piece of code, and leaves all lines that are not plain ones
 * to these: where lines have quotes, text of their own, or another number of fields, and where they are empty.
 */
export type RowLoop = (
  place: RowPlace,
  reader: LineReader,
  quotes: NextPlace | undefined,
  host: RecordHost,
) => LoopEnd;

/**
 * Compiles the loop over rows: `t` is the text, `a` the place in it, `e` the end of a line, `z` the next line, `q` the
 * next quote, and `b` the next delimiter. What is known of a row is noted before the host has it.
 */
export function compileLoop(count: number, delimiter: string, fields: readonly Field[]): RowLoop | undefined {
  const leave = `return ${LOOP_LEFT};`;
  return compile<RowLoop>(
    ['d', 'r', 'k', 'h'],
    `var p=r.span,t=p.text,n=t.length,m=r.plain,o=r.origin,w=r.codec.shift,a=r.next-o>>w,b=p.delimiter,q=-1,e,f,z,c,x;
if(k===undefined)q=${NOWHERE};
while(a<n){
f=a;c="\\n";e=t.indexOf(c,a);
if(e<0){e=n;c=""}
if(e>m)${leave}
z=e+1;
if(e>a&&c!==""&&t.charCodeAt(e-1)===13){e--;c="\\r\\n"}
if(e===a)${leave}
p.from=a;
if(q<a)q=k.find(p);
if(q<e)${leave}
${writeCut(count, delimiter, fields, `{${leave}}`)}
p.to=e;
d.line=++r.line;
d.start=r.start=o+(f<<w);
r.end=c;
r.next=o+(z<<w);
a=z;
x=h.take(${writeRow(fields)});if(x!==${LOOP_ON})return x;
}
return ${LOOP_THROUGH}`,
  );
}
