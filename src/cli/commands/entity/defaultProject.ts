import type { DtmApp } from '../../../app/dtmApp.ts';
import type { EntityByKind } from '../../../core/entity.ts';
import { DtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { isFinished } from '../../../core/lifecycle.ts';
import type { Invocation } from '../../invocation.ts';
import { oneLine } from '../../output/plainText.ts';
import { noteWidened } from '../projectLimit.ts';

const inboxName = 'Inbox';
const mostListed = 8;

/**
 * The project of a new sprint or task for which none was named: the only unfinished one, else the inbox; a task makes
 * the inbox where there is no project at all. What was chosen is said.
 * @throws DtmError `usage` where there is a choice to make
 */
export async function defaultProject(call: Invocation, app: DtmApp, kind: EntityKind): Promise<string> {
  const open = openProjects(app);
  const chosen = open.length === 1 ? open[0] : open.find((project) => project.name === inboxName);
  if (chosen) {
    call.output.note(`in project ${chosen.id} ${oneLine(chosen.name)}`);
    return chosen.id;
  }
  if (open.length > 0 || kind !== 'task') throw mustChoose(kind, open);
  const { entity } = await app.tracker.create('project', { name: inboxName });
  if (!entity) throw new DtmError('internal', 'the new project is not there');
  call.output.note(`there was no project: created ${entity.id} ${inboxName} for it`);
  noteWidened(call, app);
  return entity.id;
}

function openProjects(app: DtmApp): EntityByKind['project'][] {
  const everything = { filter: {}, sort: [], limit: Number.POSITIVE_INFINITY, offset: 0 };
  return app.tracker.list('project', everything).items.filter((project) => !isFinished('project', project.status));
}

function mustChoose(kind: EntityKind, open: readonly EntityByKind['project'][]): DtmError {
  if (open.length === 0) {
    return new DtmError('usage', `a ${kind} needs a project, and there is none`, {
      hint: 'Create one first with: cf_cli project create NAME',
    });
  }
  const listed = open.slice(0, mostListed).map((project) => `${project.id} ${oneLine(project.name)}`);
  const more = open.length > listed.length ? [`and ${open.length - listed.length} more`] : [];
  return new DtmError('usage', `a ${kind} needs a project, and there are ${open.length}`, {
    hint: `Choose one with --project: ${[...listed, ...more].join('; ')}.`,
  });
}
