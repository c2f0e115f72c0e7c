import { DtmError, isDtmError } from '../core/errors.ts';
import type { HttpAnswer, HttpRequest } from './httpMessage.ts';
import type { Session } from './session.ts';
import type { Transport } from './transport.ts';

/** Sends requests as the account signed in; a token that the server refuses is renewed once per request. */
export class AuthorisedTransport {
  readonly #origin: string;
  readonly #transport: Transport;
  readonly #session: Session;
  readonly #fixedToken: string | undefined;

  constructor(origin: string, transport: Transport, session: Session, fixedToken: string | undefined) {
    this.#origin = origin;
    this.#transport = transport;
    this.#session = session;
    this.#fixedToken = fixedToken;
  }

  /** @throws DtmError as {@link Transport.send}, and `unauthenticated` */
  async send<T>(request: HttpRequest<T>, signal?: AbortSignal): Promise<HttpAnswer<T>> {
    if (this.#fixedToken !== undefined) return this.#sendFixed(request, this.#fixedToken, signal);
    const token = await this.#session.accessToken(signal);
    try {
      return await this.#transport.send({ ...request, accessToken: token }, signal);
    } catch (error) {
      // A request that was refused for its token has changed nothing, so that repeating it is safe.
      if (!isUnauthorised(error)) throw error;
      this.#session.refused(token);
    }
    return this.#transport.send({ ...request, accessToken: await this.#session.accessToken(signal) }, signal);
  }

  async #sendFixed<T>(request: HttpRequest<T>, accessToken: string, signal?: AbortSignal): Promise<HttpAnswer<T>> {
    try {
      return await this.#transport.send({ ...request, accessToken }, signal);
    } catch (error) {
      if (!isUnauthorised(error)) throw error;
      throw new DtmError('unauthenticated', `${this.#origin} refused the given access token: ${error.message}`, {
        hint: 'Set DTM_TOKEN to a valid token, or unset it and sign in.',
        cause: error,
      });
    }
  }
}

function isUnauthorised(error: unknown): error is DtmError {
  return isDtmError(error) && error.details.status === 401;
}
