import assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';
import { contextKeyNames } from '../../src/extension/contextKeys.ts';
import { settingsTable } from '../../src/extension/settings.ts';
import { syncViewId } from '../../src/extension/stopped/syncView.ts';
import { treeViews } from '../../src/extension/views/trees.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly views: { readonly dtm: readonly { readonly id: string; readonly when?: string }[] };
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when?: string }[];
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  };
}

const manifest = (): Manifest => extensions.getExtension('dtm.dtm-vscode')?.packageJSON as Manifest;
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

export function manifestSuite(): void {
  describe('the manifest and the code', () => {
    before(() => extensions.getExtension('dtm.dtm-vscode')?.activate());

    it('contribute and register the same commands', async () => {
      const viewIds = manifest().contributes.views.dtm.map(({ id }) => id);
      // The editor makes commands of its own for each view: "dtm.tasks.focus" and so on.
      const isOurs = (id: string) => id.startsWith('dtm.') && !viewIds.some((view) => id.startsWith(`${view}.`));
      const registered = (await commands.getCommands(true)).filter(isOurs);
      assert.deepEqual(sorted(registered), sorted(manifest().contributes.commands.map(({ command }) => command)));
    });

    it('contribute and read the same settings, with the same defaults', () => {
      const { properties } = manifest().contributes.configuration;
      const read = Object.values(settingsTable);
      assert.deepEqual(sorted(Object.keys(properties)), sorted(read.map(({ key }) => key)));
      for (const { key, fallback, parse } of read) assert.equal(parse(properties[key]?.default), fallback, key);
    });

    it('describe every setting: default, scope, order, description', () => {
      for (const [key, schema] of Object.entries(manifest().contributes.configuration.properties)) {
        for (const name of ['default', 'scope', 'order', 'markdownDescription'])
          assert.ok(name in schema, `${key}: ${name}`);
      }
    });

    it('ask for and set the same context keys', () => {
      const { menus, viewsWelcome, views } = manifest().contributes;
      const clauses = [...Object.values(menus).flat(), ...viewsWelcome, ...views.dtm].map(({ when }) => when ?? '');
      const withoutViews = clauses.map((clause) => clause.replace(/view =(=|~) \S+/g, ''));
      const asked = withoutViews.flatMap((clause) => clause.match(/\bdtm\.[A-Za-z]+/g) ?? []);
      assert.deepEqual(sorted(asked), sorted(Object.keys(contextKeyNames)));
    });

    it('contribute and show the same views', () => {
      const contributed = manifest().contributes.views.dtm.map(({ id }) => id);
      assert.deepEqual(contributed, [...Object.keys(treeViews), syncViewId]);
      for (const { view } of manifest().contributes.viewsWelcome) assert.ok(contributed.includes(view), view);
    });

    it('give every command its place in the palette, and every menu entry a condition', () => {
      const { menus, commands: contributed } = manifest().contributes;
      const inPalette = (menus.commandPalette ?? []).map(({ command }) => command);
      assert.deepEqual(sorted(inPalette), sorted(contributed.map(({ command }) => command)));
      const known = new Set(contributed.map(({ command }) => command));
      for (const entry of Object.values(menus).flat()) {
        assert.ok(entry.when, `${entry.command} has no condition`);
        assert.ok(known.has(entry.command), `${entry.command} is no command`);
      }
    });

    it('take keys only while one of our views has the focus, and no text is typed', () => {
      const { keybindings, commands: contributed } = manifest().contributes;
      const known = new Set(contributed.map(({ command }) => command));
      assert.ok(keybindings.length > 0);
      for (const { command, key, when = '' } of keybindings) {
        assert.ok(known.has(command), command);
        assert.match(when, /^focusedView =~ \/\^dtm\\\.\/ && !inputFocus/, key);
      }
    });

    it('link only to commands that there are', () => {
      const known = new Set(manifest().contributes.commands.map(({ command }) => command));
      const links = manifest().contributes.viewsWelcome.flatMap(
        ({ contents }) => contents.match(/(?<=command:)[\w.]+/g) ?? [],
      );
      assert.ok(links.length > 0);
      for (const link of links) assert.ok(known.has(link), link);
    });

    it('have a text for every key, and no key without use', () => {
      // The editor has put the texts in; a key without a text is left as it is.
      assert.doesNotMatch(JSON.stringify(manifest()), /%[\w.]+%/);
    });
  });
}
