import type { Command } from 'commander';
import type { EntityKind } from '../../../core/ids.ts';
import { addFieldOptions, addSetOptions } from '../../fieldOptions.ts';
import { addFilterOptions } from '../../filterOptions.ts';
import { addOverrideOption } from '../../gateOptions.ts';
import { perform, type Runtime } from '../../perform.ts';
import { createEntity } from './create.ts';
import { deleteEntity } from './delete.ts';
import { listEntities } from './list.ts';
import { showEntity } from './show.ts';
import { updateEntity } from './update.ts';

/** Adds the verbs that projects, sprints and tasks have in common. @param label what its name or title is called */
export function buildEntityNoun(noun: Command, kind: EntityKind, label: string, runtime: Runtime): void {
  const list = noun.command('list').alias('ls').description(`list ${kind}s`);
  addFilterOptions(list, kind);
  perform(list, runtime, listEntities(kind));

  const show = noun.command('show').alias('get').description(`show one ${kind}`);
  perform(withId(show), runtime, showEntity(kind));

  const create = noun.command('create').alias('add').description(`create a ${kind}`);
  addFieldOptions(create.argument(`[${label}]`, `its ${label}`), kind);
  perform(addOverrideOption(create), runtime, createEntity(kind, label));

  const update = noun.command('update').description(`change fields of a ${kind}, or lead it to a status`);
  addFieldOptions(withId(update), kind);
  addSetOptions(update, kind);
  perform(addOverrideOption(update), runtime, updateEntity(kind));

  const remove = noun.command('delete').alias('rm').description(`delete a ${kind}`);
  if (kind === 'project') remove.option('--cascade', 'with its sprints and tasks');
  perform(withId(remove).option('--reason <text>', 'why, kept as evidence'), runtime, deleteEntity(kind));
}

/** Declares the argument that names one entity. */
export function withId(command: Command): Command {
  return command.argument('<id>', 'its id, or the first four characters or more after the letter');
}
