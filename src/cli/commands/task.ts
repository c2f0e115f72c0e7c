import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import type { WriteOptions, Written } from '../../app/trackerService.ts';
import { addOverrideOption, type ReasonOptions, writeOptions } from '../gateOptions.ts';
import { type Handler, perform, type Runtime } from '../perform.ts';
import { findForWriting } from '../references.ts';
import { buildEntityNoun, withId } from './entity/entityNoun.ts';
import { presentWritten, storing } from './entity/written.ts';

interface Step {
  readonly verb: string;
  readonly past: string;
  readonly about: string;
  readonly take: (app: DtmApp, id: string, options: WriteOptions) => Promise<Written>;
}

const steps: readonly Step[] = [
  {
    verb: 'start',
    past: 'started',
    about: 'take a task up: lead it to in_progress',
    take: (app, id, options) => app.tracker.moveTo('task', id, 'in_progress', options),
  },
  {
    verb: 'complete',
    past: 'completed',
    about: 'lead a task to done, by the shortest allowed way',
    take: (app, id, options) => app.tracker.complete(id, options),
  },
  {
    verb: 'reopen',
    past: 'reopened',
    about: 'take a finished task up again: ready',
    take: (app, id, options) => app.tracker.reopen(id, options),
  },
];

export function buildTask(noun: Command, runtime: Runtime): void {
  buildEntityNoun(noun, 'task', 'title', runtime);
  for (const step of steps) {
    const command = noun.command(step.verb).description(step.about);
    const withReason = withId(command).option('--reason <text>', 'why, kept as evidence');
    perform(addOverrideOption(withReason), runtime, takeStep(step));
  }
}

function takeStep(step: Step): Handler<ReasonOptions> {
  return async (call, options, [id = '']) => {
    const how = writeOptions(options);
    const app = await call.openForWriting();
    const task = await findForWriting(call, app, 'task', id);
    const written = await call.output.waiting(storing, step.take(app, task.id, how));
    return presentWritten(call, app, 'task', task.id, step.past, written);
  };
}
