import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readNextLink } from '../../../src/io/http/pages/link-header.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

/** A link as it is meant, and as it is written. */
interface Link {
  readonly target: string;
  readonly isNext: boolean;
  readonly written: string;
}

const space = fc.constantFrom('', ' ', '  ', '\t');
const token = fc.stringMatching(/^[a-z][a-z0-9*-]{0,7}$/).filter((name) => name !== 'rel');
const quoted = fc
  .string({ unit: fc.constantFrom('a', ',', ';', '<', '>', '"', '\\', ' ', '=', 'rel', 'next') })
  .map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
const parameter = fc
  .tuple(space, space, space, token, fc.option(fc.oneof(token, quoted), { nil: undefined }))
  .map(([a, b, c, name, value]) => `${a};${b}${name}${value === undefined ? '' : `${c}=${b}${value}`}`);
const relation = fc.constantFrom<[string, boolean]>(
  ['rel=next', true],
  ['rel="next"', true],
  ['REL="prev NEXT"', true],
  ['rel="next"; rel="prev"', true],
  ['rel="prev"; rel="next"', false],
  ['rel="nextish"', false],
  ['rev="next"', false],
);
const target = fc.string({ unit: fc.constantFrom('/', 'a', ',', ';', '"', '?', '='), minLength: 1 });
const link: fc.Arbitrary<Link> = fc
  .tuple(target, fc.array(parameter, { maxLength: 3 }), relation, fc.array(parameter, { maxLength: 2 }))
  .map(([to, head, [rel, isNext], tail]) => ({
    target: to,
    isNext,
    written: `<${to}>${head.join('')}; ${rel}${tail.join('')}`,
  }));

describe('the Link header', () => {
  it('is read by its grammar, whatever stands in titles and addresses', () => {
    const property = fc.property(fc.array(link, { maxLength: 4 }), space, (links, between) => {
      const header = links.map(({ written }) => written).join(`${between},${between}`);
      const expected = links.find(({ isNext }) => isNext)?.target;
      assert.equal(readNextLink(header), expected, header);
    });
    assertProperty(property, { seed: 1, numRuns: sample(300, 20_000) });
  });

  it('ends for any text, and passes over what is no link', () => {
    assertProperty(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', ';', ',', '=', '"', '\\', ' ', 'a') }),
        (text) => void readNextLink(text),
      ),
      { seed: 2, numRuns: sample(100, 1000) },
    );
    assert.equal(readNextLink('nonsense, </b>; rel=next'), '/b');
    assert.equal(readNextLink(undefined), undefined);
  });
});
