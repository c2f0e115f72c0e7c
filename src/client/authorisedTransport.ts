import { DtmError, isDtmError } from '../core/errors.ts';
import { isNamedRefusal } from './answerError.ts';
import type { HttpAnswer, HttpRequest } from './httpMessage.ts';
import type { Session } from './session.ts';
import type { StreamListener, StreamRequest } from './streaming.ts';
import type { Exchanges, Transport } from './transport.ts';

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

  /**
   * One budget covers the request, and renewing the token for it.
   * @throws DtmError as {@link Transport.send}, and `unauthenticated`
   */
  send<T>(request: HttpRequest<T>, signal?: AbortSignal): Promise<HttpAnswer<T>> {
    if (this.#fixedToken !== undefined) return this.#sendFixed(request, this.#fixedToken, signal);
    return this.#transport.within(request.budgetMs, signal, (exchanges) => this.#sendSignedIn(request, exchanges));
  }

  async #sendSignedIn<T>(request: HttpRequest<T>, exchanges: Exchanges): Promise<HttpAnswer<T>> {
    const accessToken = () => this.#session.accessToken(exchanges.signal, exchanges.failure);
    const token = await accessToken();
    try {
      return await exchanges.send({ ...request, accessToken: token });
    } catch (error) {
      // A request that was refused for its token has changed nothing, so that repeating it is safe.
      if (!isUnauthorised(error)) throw error;
      this.#session.refused(token);
    }
    return exchanges.send({ ...request, accessToken: await accessToken() });
  }

  /** @throws DtmError as {@link Transport.follow}, and `unauthenticated` */
  async follow(request: StreamRequest, listener: StreamListener, signal: AbortSignal): Promise<void> {
    if (this.#fixedToken !== undefined) {
      return this.#transport.follow({ ...request, accessToken: this.#fixedToken }, listener, signal);
    }
    const token = await this.#session.accessToken(signal);
    try {
      return await this.#transport.follow({ ...request, accessToken: token }, listener, signal);
    } catch (error) {
      if (!isUnauthorised(error)) throw error;
      this.#session.refused(token);
    }
    return this.#transport.follow(
      { ...request, accessToken: await this.#session.accessToken(signal) },
      listener,
      signal,
    );
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
  return isDtmError(error) && isNamedRefusal(error);
}
