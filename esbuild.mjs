// Builds every bundle of the product from one list: `node esbuild.mjs [--watch] [--tests]`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

// Some dependencies are CommonJS and call require() for Node's own modules; an ES module has none unless it is made.
const requireBanner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};
/**
 * The client uses a connection pool and proxies, nothing else of undici; its main module would bring fetch, WebSockets,
 * caches and mocks along, half of the extension's size. A name that is missing here is an error of the build.
 */
const undiciMain = `
  import connect from './lib/api/api-connect.js';
  import request from './lib/api/api-request.js';
  import Dispatcher from './lib/dispatcher/dispatcher.js';
  Object.assign(Dispatcher.prototype, { connect, request });
  export { default as EnvHttpProxyAgent } from './lib/dispatcher/env-http-proxy-agent.js';
  export { default as Pool } from './lib/dispatcher/pool.js';
  export { default as buildConnector } from './lib/core/connect.js';
  export { default as errors } from './lib/core/errors.js';`;
/** HTTP/2 and bodies made of forms: neither is ever asked for. */
const undiciUnused = `module.exports = () => { throw new Error('left out of the bundle') };`;
const undiciParts = {
  name: 'undici-parts',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]undici[\\/]index\.js$/ }, () => ({ contents: undiciMain }));
    onLoad({ filter: /undici[\\/]lib[\\/](dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body)\.js$/ }, () => ({
      contents: undiciUnused,
    }));
    // Its HTTP parser is there twice, the second time for processors without SIMD, on which no VS Code and no Node.js
    // of ours runs: a tenth of the extension's size.
    onLoad({ filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/ }, () => ({
      contents: "module.exports = require('./llhttp_simd-wasm.js');",
    }));
  },
};

/**
 * Every schema of zod brings along how it is written as JSON Schema. Only the server does that, for its OpenAPI document;
 * what the same file says of a schema's own limits stays.
 */
const zodWithoutJsonSchema = {
  name: 'zod-without-json-schema',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const limits = /^.*(?=^const formatMap = )/ms.exec(text)?.[0] ?? '';
      if (path.endsWith('processors.js') && !limits.includes('export function aggregateChecks'))
        throw new Error(`${path} is not as it was: see what of it the extension needs`);
      const names = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map((match) => match[1]);
      const unused = names.filter((name) => name !== 'aggregateChecks');
      const leftOut = "const leftOut = () => { throw new Error('left out of the bundle'); };";
      const exports = unused.map((name) => `export const ${name} = leftOut;`);
      return { contents: [limits, leftOut, ...exports, 'export { leftOut as process };'].join('\n') };
    });
  },
};

/** The HTTP parser of undici stands in a file of its own: a tenth of the extension's size, read at the first request. */
const parserFile = 'llhttp.wasm';
const parserApart = {
  name: 'parser-apart',
  setup({ onLoad }) {
    onLoad({ filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp(_simd)?-wasm\.js$/ }, () => ({
      contents: `
        const { readFileSync } = require('node:fs');
        const { join } = require('node:path');
        Object.defineProperty(module, 'exports', { get: () => readFileSync(join(__dirname, '${parserFile}')) });`,
    }));
  },
};

const node = {
  plugins: [undiciParts],
  // Its CommonJS form, which Node.js would take, cannot be reduced to what is used.
  alias: { cockatiel: './node_modules/cockatiel/dist/esm/index.js' },
  platform: 'node',
  bundle: true,
  sourcemap: true,
  minify: true,
  logLevel: 'info',
};
// The server's libraries name their parts after functions, for messages.
const esm = { ...node, format: 'esm', banner: requireBanner, keepNames: true };

/** The extension host of VS Code 1.100 is Node 20; server and CLI run on Node 22.13 and later. */
const bundles = [
  {
    ...node,
    plugins: [parserApart, undiciParts, zodWithoutJsonSchema],
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    entryPoints: { extension: 'src/extension/extension.ts' },
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
  },
  {
    ...esm,
    target: 'node22',
    // Native and optional: cf_cli loads it from its npm package, if it is there.
    external: ['@napi-rs/keyring'],
    splitting: true,
    entryPoints: { server: 'src/server/main.ts', cf_cli: 'src/cli/main.ts' },
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    outdir: 'dist',
  },
  {
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    sourcemap: true,
    minify: true,
    logLevel: 'info',
    entryPoints: { entityDetails: 'src/webview/entityDetails.ts' },
    outdir: 'dist/webview',
  },
];

const testBundles = [
  {
    ...node,
    plugins: [undiciParts, zodWithoutJsonSchema],
    minify: false,
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    entryPoints: { index: 'test/host/index.ts' },
    outExtension: { '.js': '.cjs' },
    outdir: 'dist/test/host',
  },
];

if (!watch) rmSync('dist', { recursive: true, force: true });
for (const options of tests ? [...bundles, ...testBundles] : bundles) {
  if (watch) await (await context(options)).watch();
  else await build(options);
}
mkdirSync('dist', { recursive: true });
writeFileSync(`dist/${parserFile}`, createRequire(import.meta.url)('undici/lib/llhttp/llhttp_simd-wasm.js'));
