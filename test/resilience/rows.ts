import type { ErrorCode } from '../../src/core/errors.ts';
import type { Call, Fault } from './faultGateway.ts';
import type { OperationName } from './operations.ts';

/** What a fault means for one operation. */
export interface Expectation {
  readonly outcome: ErrorCode | 'ok';
  /** How many requests arrived. */
  readonly attempts: number;
  /** Whether the operation took effect on the server; it never does so twice. */
  readonly done: boolean;
  /** Whether such a failure, three times in a row, opens the circuit. */
  readonly opens: boolean;
  /** Whether somebody is signed in afterwards. */
  readonly signedIn: boolean;
}

export interface Row {
  readonly name: string;
  /** Whether it is about the connection, rather than about what an answer says. */
  readonly isAboutConnection?: boolean;
  /** Where the requests go instead of to the server. */
  readonly nowhere?: 'refused' | 'dns' | 'tls' | 'blackHole';
  readonly fault?: () => Fault;
  /** Milliseconds for a request with its repeats, where they matter. Default 20,000: a busy machine changes nothing. */
  readonly budgetMs?: number;
  readonly expected: Partial<Expectation> & { readonly outcome: Expectation['outcome'] };
  /** Attempts where the request may be repeated. Default: as for the others, 1. */
  readonly repeated?: number;
  readonly except?: Partial<Record<OperationName, Partial<Expectation>>>;
}

const repeatable: ReadonlySet<OperationName> = new Set(['get', 'list', 'create', 'batch', 'refresh']);

export function expectationOf(row: Row, operation: OperationName): Expectation {
  const usual = { attempts: 1, done: false, opens: false, signedIn: operation !== 'login' };
  const repeats = row.repeated !== undefined && repeatable.has(operation) ? { attempts: row.repeated } : {};
  return { ...usual, ...row.expected, ...repeats, ...row.except?.[operation] };
}

const json = 'application/json';
const problem = (status: number, slug: string, headers: Record<string, string> = {}): Fault => {
  const body = { type: `/problems/${slug}`, title: slug, status, detail: `because ${slug}`, errors: [] };
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify(body));
  };
};
const page = (status: number): Fault => {
  return ({ response }) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
};
const redirect = (status: number, to: (call: Call) => string): Fault => {
  return (call) => call.response.writeHead(status, { location: to(call) }).end();
};
const typeFor = ({ path }: Call) => (path.startsWith('/api/v1/events') ? 'text/event-stream' : json);
/** Same origin, another path; what follows it is answered. */
const samePlace = ({ path }: Call) => `${path}${path.includes('?') ? '&' : '?'}redirected=1`;

/** Sends these bytes as they are, waits until they are on their way, and resets the connection. */
const reset = (bytes: (call: Call) => string): Fault => {
  return async (call) => {
    await call.forward();
    const text = bytes(call);
    if (text !== '') await new Promise<void>((resolve) => call.socket.write(text, () => setTimeout(resolve, 20)));
    call.reset();
  };
};
/** What a server says of itself with each answer. */
const identity = { 'dtm-server': 'S', 'dtm-dataset': 'D;epoch=0' } as const;
const head = (call: Call) => {
  const fields = Object.entries({ 'content-type': typeFor(call), 'content-length': '1000', ...identity });
  return `HTTP/1.1 200 OK\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
};

const drip: Fault = (call) => {
  const text = head(call);
  let sent = 0;
  const timer = setInterval(() => call.socket.write(text[sent++] ?? ' '), 50);
  call.socket.on('close', () => clearInterval(timer));
};

const once = (fault: Fault): (() => Fault) => {
  return () => {
    let isOver = false;
    return async (call) => {
      if (!isOver) {
        isOver = true;
        return fault(call);
      }
      return answerWell(call);
    };
  };
};

async function answerWell(call: Call): Promise<void> {
  const { status, headers, body } = await call.forward();
  call.response.writeHead(status, { ...headers, connection: 'close' }).end(body);
}

/** The client ends a stream of events by itself, once it has heard of something. */
const answerStream: Fault = (call) => call.pass();

const altered = (alter: (body: Buffer) => string | Buffer, type: (call: Call) => string): Fault => {
  return async (call) => {
    const { body } = await call.forward();
    call.response.writeHead(200, { 'content-type': type(call) }).end(alter(body));
  };
};

const followed = { outcome: 'ok', attempts: 2 } as const;
const renewed = { outcome: 'token-expired', attempts: 2 } as const;

/** Every fault there is a word for, and what it means. */
export function tableRows(elsewhere: string): readonly Row[] {
  const away = { outcome: 'offline', attempts: 0, opens: true } as const;
  const slow = { outcome: 'timeout', opens: true } as const;
  const broken = { outcome: 'offline', done: true, opens: true } as const;
  const aboutConnections: readonly Row[] = [
    {
      name: 'no fault',
      fault: () => answerStream,
      expected: { outcome: 'ok', done: true },
      except: { login: { signedIn: true } },
    },
    { name: 'refused', nowhere: 'refused', expected: away },
    { name: 'DNS failure', nowhere: 'dns', expected: away },
    { name: 'TLS failure', nowhere: 'tls', expected: { ...away, outcome: 'incompatible' } },
    { name: 'black hole', nowhere: 'blackHole', expected: { ...away, outcome: 'timeout' } },
    { name: 'silence', fault: () => () => undefined, budgetMs: 700, expected: slow },
    { name: 'slow drip', fault: () => drip, budgetMs: 700, expected: slow },
    { name: 'reset before head', fault: () => reset(() => ''), expected: broken, repeated: 2 },
    { name: 'reset after head', fault: () => reset(head), expected: broken, repeated: 2 },
    { name: 'reset mid-body', fault: () => reset((call) => `${head(call)}{"a":`), expected: broken, repeated: 2 },
    {
      name: 'reset once',
      fault: once(reset(() => '')),
      expected: { outcome: 'ok', done: true },
      repeated: 2,
      except: {
        update: { outcome: 'offline' },
        delete: { outcome: 'offline' },
        login: { outcome: 'offline' },
        events: { outcome: 'offline' },
      },
    },
  ];
  const aboutAnswers: readonly Row[] = [
    {
      name: 'truncated JSON',
      fault: () =>
        altered(
          () => '{"id":"T-1","tit',
          () => json,
        ),
      expected: { outcome: 'bad-answer', done: true },
    },
    {
      name: 'wrong type',
      fault: () =>
        altered(
          (body) => (body.length > 0 ? body : '{}'),
          () => 'text/plain',
        ),
      expected: { outcome: 'bad-answer', done: true },
    },
    { name: 'HTML page', fault: () => page(200), expected: { outcome: 'bad-answer' } },
    {
      name: '10 MB answer',
      fault: () => (call) => {
        call.response.on('error', () => undefined).writeHead(200, { 'content-type': typeFor(call), ...identity });
        call.response.end(Buffer.alloc(10_000_000, '"'));
      },
      expected: { outcome: 'too-large' },
    },
    {
      name: '204 with a body',
      fault: () => async (call) => {
        await call.forward();
        call.socket.write('HTTP/1.1 204 No Content\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello');
      },
      // RFC 9110 allows none: nobody knows where the next answer on that connection begins.
      expected: { outcome: 'bad-answer', done: true },
    },
    { name: '301 same origin', fault: () => redirect(301, samePlace), expected: { outcome: 'bad-answer' } },
    { name: '302 same origin', fault: () => redirect(302, samePlace), expected: { outcome: 'bad-answer' } },
    {
      name: '307 same origin',
      fault: () => (call) =>
        call.path.includes('redirected=1') ? answerWithout(call) : redirect(307, samePlace)(call),
      expected: { outcome: 'bad-answer' },
      except: { get: followed, list: followed },
    },
    ...[301, 302, 307].map(
      (status): Row => ({
        name: `${status} other origin`,
        fault: () => redirect(status, ({ path }) => elsewhere + path),
        expected: { outcome: 'bad-answer' },
      }),
    ),
    {
      name: '401 by the server',
      fault: () => problem(401, 'token-expired'),
      expected: renewed,
      except: {
        login: { attempts: 1 },
        refresh: { outcome: 'unauthenticated', attempts: 1, signedIn: false },
      },
    },
    { name: '401 by a proxy', fault: () => page(401), expected: { outcome: 'bad-answer' } },
    { name: '403', fault: () => problem(403, 'forbidden'), expected: { outcome: 'forbidden' } },
    { name: '404', fault: () => problem(404, 'not-found'), expected: { outcome: 'not-found' } },
    { name: '409', fault: () => problem(409, 'illegal-transition'), expected: { outcome: 'illegal-transition' } },
    { name: '412', fault: () => problem(412, 'version-mismatch'), expected: { outcome: 'version-mismatch' } },
    { name: '422 problem', fault: () => problem(422, 'validation'), expected: { outcome: 'validation' } },
    { name: '422 FastAPI', fault: () => fastApi, expected: { outcome: 'validation' } },
    {
      name: '429, wait 1 s',
      fault: () => problem(429, 'rate-limited', { 'retry-after': '1' }),
      expected: { outcome: 'rate-limited' },
      repeated: 4,
    },
    {
      name: '429, wait 1 min',
      fault: () => problem(429, 'rate-limited', { 'retry-after': '60' }),
      expected: { outcome: 'rate-limited' },
    },
    {
      name: '429 without words',
      fault: () => problem(429, 'rate-limited'),
      expected: { outcome: 'rate-limited' },
      repeated: 4,
    },
    { name: '500', fault: () => problem(500, 'internal'), expected: { outcome: 'internal' } },
    { name: '502', fault: () => page(502), expected: { outcome: 'unavailable' }, repeated: 4 },
    { name: '503', fault: () => problem(503, 'overloaded'), expected: { outcome: 'overloaded' }, repeated: 4 },
    { name: '504', fault: () => page(504), expected: { outcome: 'unavailable' }, repeated: 4 },
  ];
  return [...aboutConnections.map((row) => ({ ...row, isAboutConnection: true })), ...aboutAnswers];
}

/** As the server would have answered without the part of the address that only this table knows. */
async function answerWithout({ response }: Call): Promise<void> {
  response.writeHead(200, { 'content-type': json }).end('{}');
}

const fastApi: Fault = ({ response }) => {
  const detail = [{ type: 'missing', loc: ['body', 'title'], msg: 'Field required', input: {} }];
  response.writeHead(422, { 'content-type': json }).end(JSON.stringify({ detail }));
};
