import type { DtmApp } from '../../../app/dtmApp.ts';
import type { Draft } from '../../../core/draft.ts';
import { DtmError } from '../../../core/errors.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { draftFrom, type FieldValues } from '../../fieldOptions.ts';
import { writeOptions } from '../../gateOptions.ts';
import type { Invocation } from '../../invocation.ts';
import { fieldNames } from '../../output/entityView.ts';
import type { Handler } from '../../perform.ts';
import { noteWidened } from '../projectLimit.ts';
import { defaultProject } from './defaultProject.ts';
import { presentWritten, storing } from './written.ts';

/** @param label the field that the argument gives: `title` or `name` */
export function createEntity(kind: EntityKind, label: string): Handler<FieldValues> {
  return async (call, options, [given]) => {
    fieldNames(kind, call.options.fields);
    const name = labelFrom(kind, label, given, options[label]);
    const how = writeOptions(options);
    const app = await call.openForWriting();
    const draft = await withProject(call, app, kind, { ...draftFrom(app, kind, options), [label]: name });
    const creating = app.tracker.create(kind, draft, how);
    const written = await call.output.waiting(storing, creating);
    if (kind === 'project') noteWidened(call, app);
    return presentWritten(call, app, kind, written.entity?.id ?? '', 'created', written);
  };
}

function labelFrom(kind: EntityKind, label: string, given: string | undefined, option: unknown): string {
  const values = [given, option].filter((value) => typeof value === 'string');
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  const example = `cf_cli ${kind} create "${label === 'title' ? 'Write the imprint' : 'Website'}"`;
  const problem = value === undefined ? `the ${label} is missing` : `the ${label} is given twice`;
  throw new DtmError('usage', problem, { hint: `Write it in quotes, once: ${example}` });
}

/** A sprint or task belongs to a project: the one named, else its sprint's, else the only one there is. */
async function withProject(call: Invocation, app: DtmApp, kind: EntityKind, draft: Draft): Promise<Draft> {
  if (kind === 'project' || typeof draft.projectId === 'string') return draft;
  const sprint = typeof draft.sprintId === 'string' ? app.tracker.get('sprint', draft.sprintId) : undefined;
  return { ...draft, projectId: sprint?.projectId ?? (await defaultProject(call, app, kind)) };
}
