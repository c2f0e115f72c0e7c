import { createHash, createHmac } from 'node:crypto';
import { type CryptoKey, errors, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { DtmError } from '../../core/errors.ts';
import type { User } from '../store/accountTable.ts';
import type { Secrets } from './secrets.ts';

const algorithm = 'EdDSA';
const audience = 'dtm-api';
const reloadMs = 1_000;
/** Keys that were changed by command are in use, and those before them out of use, after so long. */
const staleMs = 5_000;

interface KeyPair {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** Signs and checks access tokens (JWT, EdDSA), and derives refresh tokens. */
export class Tokens {
  readonly #issuer: string;
  readonly #lifetimeS: number;
  #keys: readonly KeyPair[];
  readonly #refreshKey: Buffer;
  readonly #load: () => Promise<Secrets>;
  #loadedAt = performance.now();

  private constructor(
    issuer: string,
    lifetimeS: number,
    keys: readonly KeyPair[],
    refreshKey: Buffer,
    load: () => Promise<Secrets>,
  ) {
    this.#issuer = issuer;
    this.#lifetimeS = lifetimeS;
    this.#keys = keys;
    this.#refreshKey = refreshKey;
    this.#load = load;
  }

  /**
   * @param load reads the keys; called again every few seconds while they are used, since they can be changed by
   * command, and when a token names one that is not known yet, since another process may have begun to use a new one
   * @param issuer the server's id
   * @param lifetimeS how long an access token is valid, in seconds
   */
  static async create(load: () => Promise<Secrets>, issuer: string, lifetimeS: number): Promise<Tokens> {
    const secrets = await load();
    const keys = await Promise.all(secrets.signingKeys.map(importPair));
    return new Tokens(issuer, lifetimeS, keys, secrets.refreshKey, load);
  }

  /** The public keys, as `/.well-known/jwks.json` shows them. */
  async publicKeys(): Promise<readonly JWK[]> {
    await this.#refresh();
    return this.#keys.map((key) => key.publicJwk);
  }

  get lifetimeS(): number {
    return this.#lifetimeS;
  }

  async sign(user: User, sessionId: string): Promise<string> {
    await this.#refresh();
    const [current] = this.#keys;
    if (!current) throw new Error('there is no signing key');
    return new SignJWT({ sid: sessionId, username: user.username, role: user.role })
      .setProtectedHeader({ alg: algorithm, kid: current.kid, typ: 'at+jwt' })
      .setIssuer(this.#issuer)
      .setAudience(audience)
      .setSubject(user.id)
      .setIssuedAt()
      .setExpirationTime(`${this.#lifetimeS}s`)
      .sign(current.privateKey);
  }

  /**
   * Checks signature, issuer, audience and expiry.
   * @returns the id of the session that the token belongs to
   * @throws DtmError `token-expired`, `unauthenticated`
   */
  async verify(token: string): Promise<string> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyOf(header.kid), {
        issuer: this.#issuer,
        audience,
        algorithms: [algorithm],
        typ: 'at+jwt',
      });
      if (typeof payload.sid === 'string') return payload.sid;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired();
      if (!(error instanceof errors.JOSEError)) throw error;
    }
    throw invalidToken();
  }

  /** The same token has always the same successor, so that a lost answer can be asked for again. */
  successorOf(refreshToken: string): string {
    return createHmac('sha256', this.#refreshKey).update(refreshToken).digest('base64url');
  }

  async #keyOf(kid: string | undefined): Promise<CryptoKey> {
    await this.#refresh();
    const find = () => this.#keys.find((key) => key.kid === kid);
    if (!find()) await this.#reload();
    const found = find();
    if (!found) throw new errors.JWKSNoMatchingKey();
    return found.publicKey;
  }

  /** Goes on with the keys that it has where they cannot be read just now. */
  async #refresh(): Promise<void> {
    await this.#reload(staleMs).catch(() => {});
  }

  /** Not too often, so that made-up tokens are no work. */
  async #reload(olderThanMs = reloadMs): Promise<void> {
    if (performance.now() - this.#loadedAt < olderThanMs) return;
    this.#loadedAt = performance.now();
    this.#keys = await Promise.all((await this.#load()).signingKeys.map(importPair));
  }
}

async function importPair(jwk: JWK): Promise<KeyPair> {
  const { d: _secret, ...publicPart } = jwk;
  const privateKey = (await importJWK(jwk, algorithm)) as CryptoKey;
  const publicKey = (await importJWK(publicPart, algorithm)) as CryptoKey;
  return { kid: jwk.kid ?? '', privateKey, publicKey, publicJwk: publicPart };
}

/** Under which name a refresh token is stored; it is random enough that no salt is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function expired(): DtmError {
  return new DtmError('token-expired', 'the access token has expired', { hint: 'Refresh it, or sign in again.' });
}

export function invalidToken(): DtmError {
  return new DtmError('unauthenticated', 'the access token is not valid here', { hint: 'Sign in again.' });
}
