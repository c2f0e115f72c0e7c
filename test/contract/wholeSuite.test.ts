import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../../src/api/openapi.ts';
import { type ProblemSlug, problemMediaType, problemStatus } from '../../src/api/problem.ts';
import { apiRoutes } from '../../src/api/routes.ts';
import { testStore } from '../support/testStore.ts';
import { routeName } from './routeOf.ts';
import { type SeenAnswer, seenAnswers } from './seenAnswers.ts';

/** What is answered before any route is found; the description cannot tell it of each. */
const beforeRoutes = [404, 405, 429, 503, ...(testStore() === 'sqlite' ? [408, 431] : [])];

/** What any route can answer, whatever it is for. */
const general: ReadonlySet<string | undefined> = new Set([
  ...['bad-request', 'forbidden', 'method-not-allowed', 'too-large', 'unsupported-media-type', 'rate-limited'],
  ...['overloaded', 'unavailable', 'internal'],
]);

interface Expected {
  readonly status: number;
  readonly slug?: string;
}

interface Response {
  readonly description: string;
  readonly content?: Readonly<Record<string, unknown>>;
}
const { paths } = openApiDocument('0') as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Response>> }>>>
  >;
};

/** The statuses that the description gives a route, and the problems behind each. */
const described = apiRoutes.map((route) => {
  const responses = Object.entries(paths[route.path]?.[route.method]?.responses ?? {});
  const numbered = responses.filter(([status]) => status !== 'default');
  return {
    route,
    name: routeName(route),
    answers: numbered.flatMap(([status, response]) => answersOf(Number(status), response)),
  };
});

function answersOf(status: number, { description, content = {} }: Response): readonly Expected[] {
  const isProblem = Object.hasOwn(content, problemMediaType);
  return isProblem ? description.split(', ').map((slug) => ({ status, slug })) : [{ status }];
}

/** This file is the last one, by its name. It has something to say only where nothing before it was left out. */
function isWhole(own: Mocha.Suite): boolean {
  let root = own;
  while (root.parent) root = root.parent;
  const loaded = new Set(root.suites.map((suite) => suite.file));
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => join(import.meta.dirname, file));
  return tests.every((file) => loaded.has(file)) && isDone(root, own);
}

function isDone(suite: Mocha.Suite, except: Mocha.Suite): boolean {
  if (suite === except) return true;
  const own = suite.tests.every((test) => test.state !== undefined || test.isPending());
  return own && suite.suites.every((each) => isDone(each, except));
}

describe('the whole contract suite', () => {
  let seen: readonly SeenAnswer[];

  before(function () {
    seen = seenAnswers();
    const own = this.test?.parent;
    if (own && isWhole(own)) return;
    console.log('      skipped: only a part of the suite was run');
    this.skip();
  });

  it('saw every status that the API has', () => {
    const wanted = new Set([
      ...beforeRoutes,
      ...described.flatMap(({ answers }) => answers.map(({ status }) => status)),
    ]);
    const missing = [...wanted].filter((status) => !seen.some((answer) => answer.status === status));
    assert.deepEqual(missing, []);
  });

  it('saw every problem that the API has', () => {
    const slugs = Object.keys(problemStatus) as ProblemSlug[];
    assert.deepEqual(
      slugs.filter((slug) => !seen.some((answer) => answer.slug === slug)),
      [],
    );
  });

  it('saw on each route everything that the description says of it', () => {
    const missing = described.flatMap(({ name, answers }) => {
      const unseen = answers.filter(({ status, slug }) => {
        return !seen.some((answer) => answer.route === name && answer.status === status && answer.slug === slug);
      });
      return unseen.map(({ status, slug }) => `${name}: ${status} ${slug ?? ''}`.trim());
    });
    assert.deepEqual(missing, []);
    console.log(`      ${testStore()}: ${seen.length} different answers (route, status, problem)`);
  });

  it('saw nothing on any route that the description does not say', () => {
    const surprising = seen.filter(({ route, status, slug }) => {
      const own = described.find(({ name }) => name === route);
      if (!own || general.has(slug)) return false;
      return !own.answers.some((answer) => answer.status === status && answer.slug === slug);
    });
    assert.deepEqual(
      surprising.map(({ route, status, slug }) => `${route}: ${status} ${slug}`),
      [],
    );
  });
});
