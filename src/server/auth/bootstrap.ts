import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { bootstrapMessage } from '../../api/auth.ts';
import { DtmError } from '../../core/errors.ts';

const lifetimeMs = 60_000;
const mostAtOnce = 1_000;

interface Challenge {
  readonly clientNonce: string;
  readonly expires: number;
}

export interface ChallengeAnswer {
  readonly server_nonce: string;
  readonly server_proof: string;
}

/** The server's side of the challenge of `api/auth.ts`: each challenge can be answered once, within a minute. */
export class BootstrapChallenges {
  readonly #open = new Map<string, Challenge>();
  readonly #secret: string;
  readonly #origin: () => string;

  /** @param origin as the runtime file names it: part of every proof, so that no other server can pass one on */
  constructor(secret: string, origin: () => string) {
    this.#secret = secret;
    this.#origin = origin;
  }

  /** Step 1: shows the client that this server can read the secret. */
  begin(clientNonce: string): ChallengeAnswer {
    this.#forgetOld();
    const serverNonce = randomBytes(32).toString('base64url');
    this.#open.set(serverNonce, { clientNonce, expires: performance.now() + lifetimeMs });
    return { server_nonce: serverNonce, server_proof: this.#prove('server', clientNonce, serverNonce) };
  }

  /**
   * Step 2: checks that the client can read it too.
   * @throws DtmError `unauthenticated`
   */
  finish(clientNonce: string, serverNonce: string, clientProof: string): void {
    const challenge = this.#open.get(serverNonce);
    this.#open.delete(serverNonce);
    const isOpen = challenge?.clientNonce === clientNonce && challenge.expires > performance.now();
    const isProven = isEqual(clientProof, this.#prove('client', clientNonce, serverNonce));
    if (isOpen && isProven) return;
    throw new DtmError('unauthenticated', 'the proof is wrong, or came too late', {
      hint: 'Read the runtime file again and start over, or sign in with a password.',
    });
  }

  #prove(side: 'server' | 'client', clientNonce: string, serverNonce: string): string {
    const message = bootstrapMessage(side, this.#origin(), clientNonce, serverNonce);
    return createHmac('sha256', this.#secret).update(message).digest('base64url');
  }

  #forgetOld(): void {
    const now = performance.now();
    for (const [nonce, challenge] of this.#open) {
      if (challenge.expires > now && this.#open.size < mostAtOnce) break;
      this.#open.delete(nonce);
    }
  }
}

function isEqual(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
