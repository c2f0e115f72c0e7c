// The import table of docs/architecture.md, as rules. A line that is missing here is not a rule.
const npm = (names) => `^node_modules/(${names})(/|$)`;
const layer = (folder, allowed, { except } = {}) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `src/${folder} may import only what docs/architecture.md lists`,
  from: { path: `^src/${folder}/`, ...(except ? { pathNot: except } : {}) },
  to: { pathNot: [`^src/${folder}/`, ...allowed] },
});

const node = (names) => `^(node:)?(${names})$`;
const anyNode =
  '^node:|^(fs|path|os|crypto|http|net|url|util|events|child_process|module|readline|stream|timers|tty)(/|$)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: { path: '^src' },
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev'], pathNot: '@types/|^vscode$' },
    },
    layer('core', [npm('canonicalize|zod')]),
    layer('api', ['^src/core/', npm('zod')]),
    layer('client', [
      '^src/(core|api)/',
      npm('undici|jose|cockatiel|eventsource-parser|zod'),
      node('fs/promises|stream|stream/promises|tls|zlib'),
    ]),
    layer('workspace', [
      '^src/core/',
      npm('csv-parse|csv-stringify|write-file-atomic|zod'),
      node('fs|fs/promises|path|crypto|timers/promises|zlib'),
    ]),
    layer('evidence', ['^src/core/', node('crypto|fs|fs/promises')]),
    layer('app', ['^src/core/', '^src/api/', npm('zod')], { except: '^src/app/createApp\\.ts$' }),
    {
      name: 'layer-createApp',
      severity: 'error',
      from: { path: '^src/app/createApp\\.ts$' },
      to: { path: '^src/(extension|cli|server|webview)/' },
    },
    layer('webview', ['^src/core/', npm('@vscode-elements/elements|lit|zod')]),
    layer('extension', ['^src/(core|app)/', '^src/webview/protocol\\.ts$', '^vscode$', '@types/vscode', anyNode]),
    layer(
      'cli',
      [
        '^src/(core|app)/',
        '^src/workspace/fileLock\\.ts$',
        npm('@napi-rs/keyring|commander|@clack/prompts|cli-table3|csv-stringify|picocolors|string-width|zod'),
        anyNode,
      ],
      {
        except: '^src/cli/commands/(serve\\.ts$|server/)',
      },
    ),
    {
      name: 'layer-serve',
      severity: 'error',
      from: { path: '^src/cli/commands/(serve\\.ts$|server/)' },
      to: { path: '^src/(extension|client|workspace|webview)/' },
    },
    {
      name: 'layer-server',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^src/(extension|cli|client|workspace|webview|app|evidence)/' },
    },
    {
      name: 'sql-only-in-store',
      severity: 'error',
      from: { path: '^src/server/', pathNot: '^src/server/store/' },
      to: { path: ['^node_modules/kysely', '^(node:)?sqlite$', '^node_modules/pg/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    builtInModules: { add: ['vscode', 'node:sqlite'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
