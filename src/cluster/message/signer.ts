import { createHmac, timingSafeEqual } from 'node:crypto';
import { describeValue } from '../../errors/describe.ts';
import { optionError } from '../../options/check.ts';
import { ClusterError } from '../cluster-error.ts';
import { FLAGS, HEAD, SIGNED } from './envelope.ts';

const MAC = 32;
/** The shortest secret, in characters: shorter ones are found by trying. */
const SHORTEST = 16;

/** Throws unless a secret is given as it may be. */
export function assertSecret(secret: unknown): asserts secret is string | undefined {
  if (secret === undefined || (typeof secret === 'string' && secret.length >= SHORTEST)) return;
  const shown = typeof secret === 'string' ? `one of ${secret.length}` : describeValue(secret);
  throw optionError(
    `Expected \`secret\` to be a text of at least ${SHORTEST} characters, got ${shown}. Make one with: openssl rand -hex 32`,
  );
}

/**
 * Signs what goes through the broker, and checks what comes from it, by a secret that callers and nodes share: HMAC-SHA256
 * of a message with what it is about, so that it is good for one chunk of one run in one direction. Whoever can only write
 * to the broker can neither have tasks run nor make up outcomes. It hides nothing.
 *
 * Chunks are known by numbers that no other chunk ever has, in no epoch, so what is said of one cannot be said again of
 * another.
 */
export class Signer {
  /** Name of the secret, which tells secrets apart and gives nothing away of a long one. */
  readonly key: string;
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
    this.key = createHmac('sha256', secret).update('telar: name of the key').digest('hex').slice(0, 12);
  }

  /** Signs a sealed message. */
  sign(sealed: Buffer, about: readonly (string | number)[]): Buffer {
    const signed = Buffer.allocUnsafe(sealed.length + MAC);
    sealed.copy(signed);
    signed[FLAGS] = (sealed[FLAGS] ?? 0) | SIGNED;
    this.#compute(signed.subarray(0, sealed.length), about).copy(signed, sealed.length);
    return signed;
  }

  /**
   * Checks a message, and takes the signature off.
   *
   * @throws ClusterError with `reason` 'refused' for one that is not signed, or by another secret, or about something else.
   */
  check(signed: Buffer, about: readonly (string | number)[]): Buffer {
    if (signed.length < HEAD + MAC || ((signed[FLAGS] ?? 0) & SIGNED) === 0) {
      throw new ClusterError(
        'What came from the broker is not signed, and `secret` asks for that.',
        'refused',
      );
    }
    const sealed = signed.subarray(0, -MAC);
    if (!timingSafeEqual(this.#compute(sealed, about), signed.subarray(-MAC))) {
      throw new ClusterError(
        'What came from the broker is not signed with this `secret`, or was changed on its way.',
        'refused',
      );
    }
    const bare = Buffer.from(sealed);
    bare[FLAGS] = (bare[FLAGS] ?? 0) & ~SIGNED;
    return bare;
  }

  #compute(sealed: Buffer, about: readonly (string | number)[]): Buffer {
    return createHmac('sha256', this.#secret)
      .update(`${JSON.stringify(about)}\n`)
      .update(sealed)
      .digest();
  }
}

/** Returns the name that jobs of a version go by: nodes with another secret never see them. */
export function nameJobQueue(version: string, key: string | undefined): string {
  return key === undefined ? version : `${version}.key-${key}`;
}

/** Signs a message where there is a secret. */
export function signWith(signer: Signer | undefined, sealed: Buffer, ...about: (string | number)[]): Buffer {
  return signer === undefined ? sealed : signer.sign(sealed, about);
}

/** Checks a message where there is a secret; see `Signer.check`. */
export function checkWith(signer: Signer | undefined, signed: Buffer, ...about: (string | number)[]): Buffer {
  return signer === undefined ? signed : signer.check(signed, about);
}
