import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import { entityKinds } from '../../core/ids.ts';
import { localTime } from '../freshness.ts';
import type { Invocation } from '../invocation.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { accountOf } from '../references.ts';

export function buildStatus(noun: Command, runtime: Runtime): void {
  perform(noun, runtime, showStatus);
}

async function showStatus(call: Invocation): Promise<void> {
  const app = await call.openForReading();
  const fields = statusFields(app);
  const text = keyValueLines(statusLines(app), call.output.colors);
  await call.output.item({ kind: 'status', id: app.status.connection.kind, fields, text }, call.provenance(app));
}

/** The state of the workspace for scripts. */
export function statusFields(app: DtmApp): Readonly<Record<string, unknown>> {
  const { connection, pending, conflicts, rejected, notices } = app.status;
  return {
    folder: app.folder ?? null,
    server: app.binding.current?.origin ?? null,
    account: accountOf(app),
    connection: connection.kind,
    since: connection.since,
    reason: connection.reason ?? null,
    latency_ms: connection.latencyMs ?? null,
    last_sync: connection.lastSync ?? null,
    pending,
    conflicts,
    rejected,
    projects: app.tracker.count('project'),
    sprints: app.tracker.count('sprint'),
    tasks: app.tracker.count('task'),
    notices,
  };
}

/** The state of the workspace for people. */
export function statusLines(app: DtmApp): readonly (readonly [string, string])[] {
  const { connection, pending, conflicts, rejected } = app.status;
  const latency = connection.latencyMs === undefined ? '' : `, ${Math.round(connection.latencyMs)} ms`;
  const reason = connection.reason === undefined ? '' : `: ${connection.reason}`;
  const { tracker } = app;
  return [
    ['workspace', app.folder ?? 'personal'],
    ['server', app.binding.current?.origin ?? 'none (bind with: cf_cli bind http://localhost:8000)'],
    ['account', accountOf(app)],
    ['connection', `${connection.kind} since ${localTime(connection.since)}${latency}${reason}`],
    ['last sync', connection.lastSync === undefined ? 'not during this command' : localTime(connection.lastSync)],
    ['not sent yet', counted(pending, 'change')],
    ['refused', `${counted(conflicts, 'conflict')}, ${rejected} rejected`],
    ['here', entityKinds.map((kind) => counted(tracker.count(kind), kind)).join(', ')],
  ];
}
