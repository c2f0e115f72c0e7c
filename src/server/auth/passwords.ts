import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { DtmError } from '../../core/errors.ts';

/** OWASP's parameters for scrypt: 32 MiB and about 0.2 s per guess. */
const cost = { logN: 15, r: 8, p: 3 } as const;
const keyLength = 32;

/** A password that nobody can guess, for who gives none; it must be shown once, since only its hash is stored. */
export function makeUpPassword(): string {
  return randomBytes(15).toString('base64url');
}

/** Makes and checks password hashes, off the event loop and not too many at once. */
export class Passwords {
  readonly #gate = new Gate(2);
  readonly #dummy: Promise<string>;

  constructor() {
    this.#dummy = this.hash(randomBytes(16).toString('base64url'));
  }

  /** A hash that holds its own parameters: `scrypt$15$8$3$salt$key`. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const key = await this.#derive(password, salt, cost);
    return ['scrypt', cost.logN, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
  }

  /** Checks a password; without a hash it takes the same time and fails, so that names cannot be guessed by it. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const [scheme, logN, r, p, salt = '', key = ''] = (hash ?? (await this.#dummy)).split('$');
    if (scheme !== 'scrypt') return false;
    const parameters = { logN: Number(logN), r: Number(r), p: Number(p) };
    const expected = Buffer.from(key, 'base64url');
    const actual = await this.#derive(password, Buffer.from(salt, 'base64url'), parameters);
    return actual.length === expected.length && timingSafeEqual(actual, expected) && hash !== undefined;
  }

  #derive(password: string, salt: Buffer, { logN, r, p }: Cost): Promise<Buffer> {
    const N = 2 ** logN;
    return this.#gate.run(() => derive(password.normalize('NFKC'), salt, { N, r, p, maxmem: 256 * N * r }));
  }
}

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyLength, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

const mostWaiting = 100;

/** Lets only so many run at once; the others wait in order, but not without bound. */
class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** @throws DtmError `overloaded` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= mostWaiting) throw overloaded();
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

function overloaded(): DtmError {
  return new DtmError('overloaded', 'too many people are signing in at once', {
    hint: 'Try again in a few seconds.',
    retryable: true,
  });
}
