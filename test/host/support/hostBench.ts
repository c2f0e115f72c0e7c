import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../../src/app/createApp.ts';
import type { DtmApp } from '../../../src/app/dtmApp.ts';
import type { EntityKind } from '../../../src/core/ids.ts';
import { AppHost } from '../../../src/extension/appHost.ts';
import type { CommandContext } from '../../../src/extension/commands/commandContext.ts';
import { createGuard, type Guard } from '../../../src/extension/commands/guard.ts';
import type { Log } from '../../../src/extension/log.ts';
import { readGates } from '../../../src/extension/settings.ts';
import { ScriptedPerson } from './scriptedPerson.ts';

/** Everything behind the views and commands, real, on folders of its own beside the extension that runs already. */
export class HostBench {
  readonly person = new ScriptedPerson();
  readonly logged: string[] = [];
  readonly log: Log = recordingLog(this.logged);
  readonly guard: Guard = createGuard(this.log, this.person);
  readonly host: AppHost;
  readonly folder: string;
  readonly stateHome: string;
  readonly revealed: string[] = [];

  private constructor(folder: string, stateHome: string) {
    this.folder = folder;
    this.stateHome = stateHome;
    this.host = new AppHost(() => this.#open(), this.log);
  }

  static async open(): Promise<HostBench> {
    const root = await mkdtemp(join(tmpdir(), 'dtm-host-'));
    const folder = await mkdtemp(join(root, 'folder-'));
    const bench = new HostBench(folder, join(root, 'state'));
    await bench.host.open();
    await bench.host.ready();
    return bench;
  }

  get app(): DtmApp {
    if (!this.host.app) throw new Error('The tracker is not open');
    return this.host.app;
  }

  get context(): CommandContext {
    const reveal = async (_kind: EntityKind, id: string) => void this.revealed.push(id);
    return { host: this.host, person: this.person, guard: this.guard, reveal };
  }

  async close(): Promise<void> {
    await this.host.close();
    await rm(join(this.folder, '..'), { recursive: true, force: true, maxRetries: 5 });
  }

  #open(): Promise<DtmApp> {
    const tokens = new Map<string, string>();
    return createApp({
      folder: this.folder,
      surface: 'extension',
      resident: true,
      surroundings: { env: { DTM_STATE_HOME: this.stateHome }, platform: process.platform, home: homedir() },
      tokens: {
        get: async (key) => tokens.get(key),
        set: async (key, value) => void tokens.set(key, value),
        delete: async (key) => void tokens.delete(key),
      },
      logger: this.log,
      localUser: 'tester',
      gates: readGates,
    });
  }
}

/** Inside a `describe`: a bench for each test. */
export function useHostBench(): () => HostBench {
  let bench: HostBench | undefined;
  beforeEach(async () => {
    bench = await HostBench.open();
  });
  afterEach(async () => {
    await bench?.close();
    bench = undefined;
  });
  return () => {
    if (!bench) throw new Error('The bench exists only while a test runs');
    return bench;
  };
}

function recordingLog(lines: string[]): Log {
  const keep = (event: string, facts?: object) => void lines.push(`${event} ${JSON.stringify(facts ?? {})}`);
  return { debug: keep, info: keep, warn: keep, error: keep, show: () => undefined, dispose: () => undefined };
}
