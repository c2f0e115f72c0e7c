import { editableFields } from '../../../core/entity.ts';
import type { EntityKind } from '../../../core/ids.ts';
import { statusesOf } from '../../../core/lifecycle.ts';
import { priorities, severities, workTypes } from '../../../core/task.ts';
import {
  amountForm,
  dayForm,
  type FieldForm,
  listForm,
  personForm,
  taskOwnerForm,
  textForm,
  wordForm,
} from './fieldForms.ts';
import { criteria, links, taskIds, words } from './listElements.ts';
import { parentForm, projectForm, sprintForm } from './references.ts';
import { planStatusWords, priorityWords, taskStatusWords, vocabulary } from './words.ts';

/** The database that TaskMan-v2 serves at the moment, as `/health` calls it. */
export type DatabaseMode = 'primary' | 'secondary' | 'fallback';

/** How each kind stands in a row; what is not here stays in the workspace. */
export type Forms = Readonly<Record<EntityKind, readonly FieldForm[]>>;

const cadences = ['weekly', 'biweekly', 'monthly', 'custom'];

/**
 * @param account who uses this workspace: stands for the missing owner of a task
 * @param mode on PostgreSQL any number of committed points is refused
 */
export function formsFor(account: string, mode: DatabaseMode): Forms {
  return {
    project: [
      textForm('name', 'name', 200),
      textForm('mission', 'mission', 10_000),
      statusForm('project', planStatusWords),
      personForm('owner', 'owner'),
      dayForm('startDate', 'start_date'),
      dayForm('targetEndDate', 'target_end_date'),
      listForm('repositories', 'repositories', words),
    ],
    sprint: [
      projectForm,
      textForm('name', 'name', 200),
      textForm('goal', 'goal', 10_000),
      statusForm('sprint', planStatusWords),
      wordForm('cadence', 'cadence', vocabulary(cadences), 'custom'),
      dayForm('startDate', 'start_date'),
      dayForm('endDate', 'end_date'),
      personForm('owner', 'owner'),
      ...(mode === 'fallback' ? [amountForm('committedPoints', 'committed_points')] : []),
    ],
    task: [
      projectForm,
      sprintForm,
      parentForm,
      textForm('title', 'title', 500),
      textForm('description', 'description', 100_000),
      statusForm('task', taskStatusWords),
      wordForm('priority', 'priority', vocabulary(priorities, priorityWords), 'p2'),
      wordForm('severity', 'severity', vocabulary(severities), null),
      wordForm('workType', 'work_type', vocabulary(workTypes), null),
      taskOwnerForm('owner', 'owner', account),
      listForm('assignees', 'assignees', words),
      listForm('labels', 'labels', words),
      amountForm('estimatePoints', 'estimate_points'),
      amountForm('actualHours', 'actual_time_hours'),
      listForm('dependsOn', 'depends_on', taskIds),
      listForm('acceptanceCriteria', 'acceptance_criteria', criteria),
      listForm('links', 'related_links', links),
    ],
  };
}

function statusForm(kind: EntityKind, others: Readonly<Record<string, string>>): FieldForm {
  return wordForm('status', 'status', vocabulary(statusesOf(kind), others), 'new');
}

/** The fields that TaskMan-v2 has no place for: they stay in the workspace. */
export function localOnlyFields(forms: Forms): Readonly<Record<EntityKind, readonly string[]>> {
  const without = (kind: EntityKind) => {
    const stored = new Set(forms[kind].map((form) => form.field));
    return editableFields(kind).filter((field) => !stored.has(field));
  };
  return { project: without('project'), sprint: without('sprint'), task: without('task') };
}
