import { randomUUID } from 'node:crypto';
import type { DtmServer } from '../../support/dtmServer.ts';
import { addUser, password } from '../accounts.ts';
import { Api, type Body } from '../api.ts';
import { routeOf } from '../routeOf.ts';
import type { Exchange } from './sender.ts';
import { World } from './world.ts';

/** Makes something of everything that requests refer to. */
export async function prepareWorld(server: DtmServer): Promise<World> {
  const admin = new Api(server.origin, await server.login());
  const world = new World((await admin.make('projects', { name: 'Base', owner: 'ada' })).id);
  await prepareAccounts(server, admin, world);
  for (const [collection, statuses] of Object.entries(initial)) {
    for (const status of statuses) {
      const name = collection === 'tasks' ? 'title' : 'name';
      const parent = collection === 'projects' ? {} : { project_id: world.base };
      const make = () => admin.make(collection, { ...parent, [name]: 'Made before', status });
      world.learn(await make());
      const { id } = await make();
      await admin.must('DELETE', `/api/v1/${collection}/${id}`);
      world.bury(id);
    }
  }
  return world;
}

/** Something in each state that a step of the lifecycle can begin with. */
const initial = {
  projects: ['new', 'new', 'cancelled'],
  sprints: ['new', 'active', 'active'],
  tasks: ['new', 'active', 'done'],
} as const;

/** Of its own: what ends a session or changes a user must not end the test. */
async function prepareAccounts(server: DtmServer, admin: Api, world: World): Promise<void> {
  for (const role of ['viewer', 'member', 'admin'] as const) {
    await addUser(admin, `generated-${role}`, role);
    const tokens = await signIn(server, `generated-${role}`);
    world.keep(role, tokens.access_token);
    world.secrets.add(tokens.access_token);
  }
  world.keep('name', 'generated-guest');
  world.keep('password', password);
  world.keep('user', (await addUser(admin, 'generated-other', 'member')).id);
  await addUser(admin, 'generated-guest', 'viewer');
  for (let count = 0; count < 3; count++) learnTokens(await signIn(server, 'generated-guest'), world);
  const personal = { name: randomUUID(), scope: 'write' };
  const made = await new Api(server.origin, world.resolve('«admin 0»')).must('POST', '/auth/tokens', personal);
  world.keep('personal', String(made.token));
  world.secrets.add(String(made.token));
  world.secrets.add(server.password);
}

function signIn(server: DtmServer, username: string): Promise<Body> {
  return new Api(server.origin).must('POST', '/auth/login', { username, password });
}

function learnTokens(body: Body, world: World): void {
  world.keep('session', body.access_token);
  world.keep('refresh', body.refresh_token);
}

/** What the answer to a request says about what there is now. */
export function learn({ method, address, status, text }: Exchange, world: World): void {
  const route = routeOf(method, address);
  if (!route || status >= 300 || method === 'HEAD') return;
  const id = address.split('?', 1)[0]?.split('/').at(route.path.split('/').indexOf('{id}')) ?? '';
  if (route.status === 204 && route.path.endsWith('{id}')) {
    if (route.path.includes('token')) world.drop('access-token', id);
    else world.bury(id);
    return;
  }
  if (route.media || text === '') return;
  learnBody(route.answer ?? '', JSON.parse(text) as Body, world);
}

function learnBody(answer: string, body: Body, world: World): void {
  if (answer === 'Account') world.keep('user', body.id);
  else if (answer === 'MadeAccessToken') world.keep('access-token', body.id);
  else if (typeof body.refresh_token === 'string') learnTokens(body, world);
  else if (answer === 'Changes') world.keep('since', body.next);
  else if (typeof body.next_cursor === 'string') world.keep('cursor', body.next_cursor);
  else if (body.id !== world.base) world.learn(body);
}
