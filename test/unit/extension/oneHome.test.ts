import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../support/paths.ts';

const folder = join(repositoryRoot, 'src/extension');

/** What would go around the one place that does it for everybody, and that place. */
const homes: Readonly<Record<string, { pattern: RegExp; home: string }>> = {
  'registers commands': { pattern: /\bregister(TextEditor)?Command\(/, home: 'commands/registerCommands.ts' },
  'reads settings': { pattern: /\bgetConfiguration\(/, home: 'settings.ts' },
  'sets context keys': { pattern: /'setContext'/, home: 'contextKeys.ts' },
  'makes output channels': { pattern: /\bcreateOutputChannel\(/, home: 'log.ts' },
  'keeps secrets': { pattern: /\bsecrets\.(get|store|delete)\(/, home: 'connection/secretTokens.ts' },
  'starts processes': { pattern: /\bspawn\(/, home: 'server/serverProcess.ts' },
  'asks for text': { pattern: /\b(createInputBox|showInputBox)\(/, home: 'prompts/textPrompt.ts' },
  'offers choices': { pattern: /\b(createQuickPick|showQuickPick)\b/, home: 'prompts/pickPrompt.ts' },
  'pops up messages': { pattern: /\bshow(Information|Warning|Error)Message\b/, home: 'prompts/editorPerson.ts' },
};

const forbidden: Readonly<Record<string, RegExp>> = {
  'the console': /\bconsole\./,
  'a raw fetch': /\bfetch\(/,
  'a shell': /shell: true|(?<![.\w])exec\(|\bexecSync\(/,
  'trust in what people wrote': /isTrusted = true|supportHtml = true/,
  'a webview that is kept alive': /retainContextWhenHidden/,
};

async function sources(): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

describe('the source of the extension', () => {
  for (const [what, { pattern, home }] of Object.entries(homes)) {
    it(`${what} only in ${home}`, async () => {
      const users = [...(await sources())].filter(([, text]) => pattern.test(text)).map(([name]) => name);
      assert.deepEqual(users, [home]);
    });
  }

  for (const [what, pattern] of Object.entries(forbidden)) {
    it(`does without ${what}`, async () => {
      const users = [...(await sources())].filter(([, text]) => pattern.test(text)).map(([name]) => name);
      assert.deepEqual(users, []);
    });
  }

  it('has an activate of at most 40 lines', async () => {
    const text = (await sources()).get('extension.ts') ?? '';
    const body = /export function activate[\s\S]*?\n}\n/.exec(text)?.[0] ?? '';
    const lines = body.trimEnd().split('\n').length;
    assert.ok(lines > 5 && lines <= 40, `activate has ${lines} lines`);
  });
});
