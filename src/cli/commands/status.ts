import type { Command } from 'commander';
import type { DtmApp } from '../../app/dtmApp.ts';
import { dialectNames, limitsOf } from '../../core/dialect.ts';
import { entityKinds } from '../../core/ids.ts';
import { localTime } from '../freshness.ts';
import type { Invocation } from '../invocation.ts';
import { keyValueLines } from '../output/keyValues.ts';
import { counted } from '../output/plainText.ts';
import { perform, type Runtime } from '../perform.ts';
import { accountOf } from '../references.ts';
import { limitText } from './projectLimit.ts';

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
    dialect: app.binding.current?.dialect ?? null,
    limits: limits(app),
    account: accountOf(app),
    limited_to: app.binding.current?.projects ?? null,
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

type Line = readonly [name: string, value: string];

/** The state of the workspace for people. */
export function statusLines(app: DtmApp): readonly Line[] {
  const { binding, tracker } = app;
  const limit = limitText(app);
  return [
    ['workspace', app.folder ?? 'personal'],
    ['server', serverText(app)],
    ...limits(app).map((limit, index): Line => [index === 0 ? 'its limits' : '', limit]),
    ['account', accountOf(app)],
    ...(limit === undefined ? [] : [['limited to', limit] as const]),
    ...(binding.current ? connectionLines(app) : []),
    ['here', entityKinds.map((kind) => counted(tracker.count(kind), kind)).join(', ')],
  ];
}

function serverText({ binding: { current } }: DtmApp): string {
  if (!current) return 'none: local only (share it with: cf_cli bind http://localhost:8000)';
  return current.dialect === 'dtm' ? current.origin : `${current.origin} (${dialectNames[current.dialect]})`;
}

function limits({ binding: { capabilities } }: DtmApp): readonly string[] {
  return capabilities ? limitsOf(capabilities) : [];
}

function connectionLines({ status }: DtmApp): readonly Line[] {
  const { connection, pending, conflicts, rejected } = status;
  const { kind, since, latencyMs, reason, lastSync } = connection;
  const latency = latencyMs === undefined ? '' : `, ${Math.round(latencyMs)} ms`;
  return [
    ['connection', `${kind} since ${localTime(since)}${latency}${reason === undefined ? '' : `: ${reason}`}`],
    ...(lastSync === undefined ? [] : [['last sync', localTime(lastSync)] as const]),
    ['not sent yet', counted(pending, 'change')],
    ['refused', `${counted(conflicts, 'conflict')}, ${rejected} rejected${nextStep(status)}`],
  ];
}

function nextStep({ conflicts, rejected }: DtmApp['status']): string {
  const commands = [...(conflicts > 0 ? ['conflict list'] : []), ...(rejected > 0 ? ['queue list'] : [])];
  return commands.length > 0 ? ` (see: ${commands.map((one) => `cf_cli ${one}`).join(', ')})` : '';
}
