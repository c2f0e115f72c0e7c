import { l10n } from 'vscode';
import type { DtmApp } from '../../app/dtmApp.ts';
import { DtmError } from '../../core/errors.ts';
import type { Person } from '../prompts/person.ts';

/** Lets the person say which projects of the server this workspace shows. */
export async function chooseProjects(app: DtmApp, person: Person): Promise<void> {
  const { current } = app.binding;
  if (!current) {
    throw new DtmError('not-bound', l10n.t('This workspace is connected to no server'), {
      hint: l10n.t('What is only on this machine is always shown whole.'),
    });
  }
  const { origin, account, projects: before } = current;
  const projects = await person.wait(l10n.t('Asking {0}…', origin), () => app.binding.projects());
  const chosen = await person.pickMany({
    title: l10n.t('Choose Projects'),
    placeholder: l10n.t('Which projects are shown here? With none of them checked, all are'),
    choices: projects.map(({ id, name }) => ({
      label: name,
      description: id,
      value: id,
      isChecked: before?.includes(id) ?? false,
    })),
  });
  const wanted = chosen.length === 0 ? 'all' : chosen;
  const plan = await app.binding.plan(origin, { account, dialect: current.dialect, projects: wanted });
  await person.wait(l10n.t('Reading what is to be shown…'), async () => app.binding.bind(plan));
}
