import { type Encoding, nameEncoding } from '../../encoding.ts';
import type { Codec } from './codec.ts';
import { SingleByteCodec } from './single-byte.ts';
import { Utf16Codec } from './utf-16.ts';
import { TranscodedCodec, Utf8Codec } from './utf-8.ts';

const UTF_8 = new Utf8Codec();
const known = new Map<string, Codec>();

export function getCodec(encoding: Encoding | undefined): Codec {
  if (encoding === undefined || encoding.kind === 'utf-8') return UTF_8;
  const key = JSON.stringify(encoding);
  const codec = known.get(key) ?? makeCodec(encoding);
  known.set(key, codec);
  return codec;
}

function makeCodec(encoding: Exclude<Encoding, { kind: 'utf-8' }>): Codec {
  switch (encoding.kind) {
    case 'utf-16':
      return new Utf16Codec(encoding.isBigEndian);
    case 'single-byte':
      return new SingleByteCodec(encoding.name);
    case 'transcoded':
      return new TranscodedCodec(nameEncoding(encoding));
  }
}
