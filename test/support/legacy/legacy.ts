import { ScriptedServer, type SeenRequest } from '../httpServer.ts';
import { rowsOf } from './data.ts';
import { inEnvelope } from './envelopes.ts';
import { type Variant, type VariantName, variants } from './variants.ts';

export type LegacyOptions = {
  readonly variant: VariantName;
  /** Default: any free port. */
  readonly port?: number;
};

export const legacyPassword = 'legacy-password';
const token = 'legacy-token';

type Reply = { readonly status: number; readonly body?: unknown; readonly location?: string };

/** One of the older servers, with a few projects, sprints and tasks to read or to import. It takes no writes. */
export function startLegacy({ variant, port }: LegacyOptions): Promise<ScriptedServer> {
  const spoken: Variant = variants[variant];
  return ScriptedServer.start((request, response) => {
    const { status, body, location } = reply(spoken, request);
    response.writeHead(status, { 'content-type': 'application/json', ...(location !== undefined && { location }) });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }, port);
}

function reply(variant: Variant, request: SeenRequest): Reply {
  const url = new URL(request.path, 'http://127.0.0.1');
  const health = variant.health[url.pathname];
  if (health) return { status: 200, body: health };
  if (url.pathname === variant.login) return signIn(variant, request);
  const isSignedIn = variant.login === undefined || request.headers.authorization === `Bearer ${token}`;
  return isSignedIn ? read(variant, request.method, url) : refuse(variant, 401, 'Not authenticated');
}

function signIn(variant: Variant, { method, body }: SeenRequest): Reply {
  if (method !== 'POST' || passwordIn(body) !== legacyPassword) {
    return refuse(variant, 401, 'Incorrect username or password');
  }
  return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: 3600 } };
}

function passwordIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly password?: unknown }).password;
  } catch {
    return undefined;
  }
}

function read(variant: Variant, method: string, url: URL): Reply {
  const [resource, id] = url.pathname.slice(variant.base.length + 1).split('/');
  const known = variant.resources.find((name) => url.pathname.startsWith(`${variant.base}/`) && name === resource);
  if (!known) return refuse(variant, 404, 'Not Found');
  if (method !== 'GET') return refuse(variant, 405, 'Method Not Allowed');
  const rows = rowsOf(variant, known);
  return id ? one(variant, rows, id) : list(variant, known, rows, url);
}

type Rows = readonly Readonly<Record<string, unknown>>[];

function one(variant: Variant, rows: Rows, id: string): Reply {
  const row = rows.find((fields) => Object.values(fields).slice(0, 2).map(String).includes(id));
  if (!row) return refuse(variant, 404, 'Not found');
  return { status: 200, body: variant.envelope === 'success' ? { success: true, data: row } : row };
}

function list(variant: Variant, resource: string, rows: Rows, { pathname, search, searchParams }: URL): Reply {
  const hasSlash = pathname.endsWith('/');
  if (variant.slash === 'expected' && !hasSlash) return { status: 307, location: `${pathname}/${search}` };
  if (variant.slash === 'none' && hasSlash) return refuse(variant, 404, 'Not Found');
  const shown = filtered(rows, searchParams);
  return { status: 200, body: inEnvelope(variant.envelope, resource, shown, searchParams) };
}

const paging = ['limit', 'offset', 'page', 'per_page'];

function filtered(rows: Rows, query: URLSearchParams): Rows {
  const wanted = [...query].filter(([name]) => !paging.includes(name));
  return rows.filter((row) => wanted.every(([name, value]) => !(name in row) || String(row[name]) === value));
}

function refuse(variant: Variant, status: number, text: string): Reply {
  return { status, body: variant.error(status, text) };
}
