// Makes the .vsix: `npm run package [-- --out FILE]`.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from './paths.ts';
import { runProcess } from './processes.ts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dtm-vscode.vsix' } } });
const args = [
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  '--no-rewrite-relative-links',
  '--out',
  resolve(process.env.INIT_CWD ?? '.', values.out),
];
const { code } = await runProcess('vsce', args, {
  cwd: repositoryRoot,
  onOutput: (text) => process.stdout.write(text),
});
process.exitCode = code ?? 1;
