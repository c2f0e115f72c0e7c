import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths.ts';
import type { Route } from '../support/taskman/http/call.ts';
import { allRoutes } from '../support/taskman/routes/all.ts';

type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean };
type Schema = { readonly $ref?: string; readonly anyOf?: readonly Schema[] };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: object; readonly required?: readonly string[] }>>;
  };
};

const file = join(repositoryRoot, 'test/fixtures/taskman-v2/openapi.json');
const document = JSON.parse(readFileSync(file, 'utf8')) as Document;

/** Routes that the document does not list, and those whose inputs nobody gets to see. */
const undocumented = /^\/(openapi\.json|docs.*|redoc)$/;
const broken = /^\/api\/v1\/(qse|context|agent)\//;

describe('TaskMan-v2 emulator: its routes are those of the document', () => {
  const routes = allRoutes().filter(({ path }) => !undocumented.test(path));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ key: keyOf(method, path), operation })),
  );

  it('every method and path, and no other', () => {
    const mine = routes.map(({ method, path }) => keyOf(method, path));
    assert.deepEqual(mine.toSorted(), operations.map(({ key }) => key).toSorted());
  });

  for (const { key, operation } of operations.filter((one) => !broken.test(one.key.split(' ')[1] ?? ''))) {
    it(`${key}: the same parameters and body`, () => {
      const route = routes.find(({ method, path }) => keyOf(method, path) === key);
      assert.ok(route);
      assert.deepEqual(queryOf(route), documentedQuery(operation));
      assert.deepEqual(bodyOf(route), documentedBody(operation));
    });
  }
});

/** Names of parts of a path do not matter. */
function keyOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '{}')}`;
}

function queryOf({ query }: Route): string[] {
  return Object.entries(query?.fields ?? {})
    .map(([name, { orElse }]) => (orElse ? name : `${name} required`))
    .toSorted();
}

function documentedQuery({ parameters = [] }: Operation): string[] {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  return query.map(({ name, required }) => (required ? `${name} required` : name)).toSorted();
}

function bodyOf({ body }: Route) {
  if (!body) return undefined;
  const fields = Object.entries(body.fields);
  return {
    names: fields.map(([name]) => name),
    required: fields.filter(([, { orElse }]) => !orElse).map(([name]) => name),
  };
}

function documentedBody({ requestBody }: Operation) {
  if (!requestBody) return undefined;
  const { $ref, anyOf = [] } = requestBody.content['application/json'].schema;
  const name = ($ref ?? anyOf[0]?.$ref ?? '').split('/').at(-1) ?? '';
  const { properties = {}, required = [] } = document.components.schemas[name] ?? {};
  return { names: Object.keys(properties), required: [...required] };
}
