import fc from 'fast-check';
import type { ApiRoute } from '../../../src/api/routes.ts';
import { some } from './knownValues.ts';

type Headers = Readonly<Record<string, string>>;

/** `CONNECT` is no request for a resource. */
export const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE');

/** Ids in a path, encoded as far as they are. */
export const brokenIds: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('P-NONE', 'T-NONE', 'S-NONE', '%00', '..', '%2e%2e', '..%2f..%2fetc%2fpasswd', '%E0%A4%A', '%'),
  fc.constantFrom("T-1'--", '__proto__', 'constructor', 'x'.repeat(190), 'x'.repeat(3_000), '%F0%9F%98%80', '*', ':id'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => encodeURIComponent(text)),
);

/** Addresses that are nearly that of a route. */
export function brokenPaths(path: string): fc.Arbitrary<string> {
  const filled = path.replace('{id}', 'T-1');
  return fc.constantFrom(
    `${filled}/`,
    `/${filled}`,
    filled.replaceAll('/', '//'),
    `${filled}/more`,
    `/.${filled}`,
    `/x/..${filled}`,
    filled.toUpperCase(),
    `${filled}%00`,
    `${filled}%`,
    `${filled};a=b`,
    `${filled}?a=%E0%A4%A`,
    `/%2e%2e${filled}`,
  );
}

/** What nobody should put into a query. */
export const brokenParameters: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.array(
  fc.oneof(
    fc.tuple(
      fc.constantFrom('limit', 'offset', 'since', 'cascade', 'include_total'),
      fc.constantFrom('-1', 'x', '1e99', ''),
    ),
    fc.tuple(fc.constantFrom('status', 'sort', 'cursor', 'entity', 'project_id'), fc.string({ maxLength: 10 })),
    fc.tuple(fc.constantFrom('__proto__', 'constructor', 'a[b]', 'unknown'), fc.string({ maxLength: 5 })),
    fc.tuple(fc.constantFrom('q', 'owner', 'label'), fc.constantFrom('\0', "';--", '%', '_', 'x'.repeat(2_000))),
  ),
  { minLength: 1, maxLength: 2 },
);

const wildValues = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('a\0b', '\ud800', 'x'.repeat(100_001), 1e308, -1, 2 ** 53, {}, [], null, '__proto__'),
);

/** Other bodies than the right one: not JSON, of another shape, or with one property that is wrong. */
export function brokenBodies(right: string | undefined): fc.Arbitrary<string | undefined> {
  const value: unknown = right === undefined ? {} : JSON.parse(right);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const object = (isObject ? value : {}) as Readonly<Record<string, unknown>>;
  const names = [...Object.keys(object), 'id', 'unknown', 'version'];
  const changed = fc.tuple(fc.constantFrom(...names), wildValues).map(([name, wild]) => ({ ...object, [name]: wild }));
  const without = fc.constantFrom(...names).map((name) => ({ ...object, [name]: undefined }));
  return fc.oneof(
    { weight: 4, arbitrary: changed.map((each) => JSON.stringify(each)) },
    { weight: 2, arbitrary: without.map((each) => JSON.stringify(each)) },
    { weight: 1, arbitrary: fc.jsonValue().map((each) => JSON.stringify(each)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        ' ',
        '{',
        '{"a":',
        '[]',
        'null',
        '{"__proto__":{"a":1}}',
        '{"constructor":{}}',
        '{}x',
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 10 }) },
  );
}

const json = { 'content-type': 'application/json' };

/** Whose token is sent: routes that end a session get one that nobody else needs. */
function signedIn({ path }: ApiRoute): fc.Arbitrary<string> {
  if (path.endsWith('/logout')) return some('session');
  if (path.includes('/auth/tokens')) return fc.constant('«admin 0»');
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant('«admin 0»') },
    { weight: 1, arbitrary: fc.constantFrom('«member 0»', '«personal 0»') },
  );
}

/** What a well-behaved client sends. */
export function headersOf(route: ApiRoute): fc.Arbitrary<Headers> {
  return signedIn(route).map((token) => ({
    ...(route.body ? json : {}),
    ...(route.access === 'public' && !route.path.endsWith('/logout') ? {} : { authorization: `Bearer ${token}` }),
  }));
}

const printable = fc.stringMatching(/^[!-~]([ -~]{0,18}[!-~])?$/);
const etags = fc.constantFrom('"1"', '"2"', 'W/"1"', '*', '"1", "2"', '"999"', '"', 'x', '');

/** Headers of every kind, now and then wrong, some left out. */
export function rareHeaders(route: ApiRoute): fc.Arbitrary<Headers> {
  const token = signedIn(route).map((each) => `Bearer ${each}`);
  const others = fc.constantFrom(
    'Bearer «viewer 0»',
    'Bearer x',
    'Bearer dtm_pat_x',
    'Basic YTpi',
    'Bearer',
    '',
    'a.b.c',
  );
  return fc.record(
    {
      authorization: fc.oneof({ weight: 4, arbitrary: token }, { weight: 1, arbitrary: others }),
      'content-type': fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('application/json', 'application/json; charset=utf-8') },
        { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'json', '') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('multipart/form-data; boundary=x', 'application/json; charset=latin1'),
        },
      ),
      accept: fc.constantFrom('*/*', 'application/json', 'text/html', 'x', 'text/event-stream'),
      'if-match': etags,
      'if-none-match': etags,
      'idempotency-key': fc.oneof(fc.uuid(), fc.nat({ max: 30 }).map(String), printable, fc.constant('x'.repeat(201))),
      'last-event-id': fc.constantFrom('0', '1', '5', '999999', '-1', 'x', ''),
      'x-request-id': fc.oneof(fc.uuid(), printable, fc.constant('x'.repeat(200))),
      range: fc.constantFrom('bytes=0-1', 'x'),
      origin: fc.constantFrom('https://evil.example', 'null'),
    },
    { requiredKeys: ['authorization'] },
  );
}
