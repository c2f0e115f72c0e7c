import type { DtmApp } from '../app/dtmApp.ts';
import { DtmError } from '../core/errors.ts';
import { networkFromEnvironment } from '../core/networkSettings.ts';
import type { Notice } from '../core/ports.ts';
import type { Surroundings } from '../core/stateHome.ts';
import { cliTokens } from './cliTokens.ts';
import { takeInEdits } from './csvEdits.ts';
import { localUser, requestTimeoutMs, systemSurroundings } from './environment.ts';
import { Freshness } from './freshness.ts';
import { gateSettings } from './gateSettings.ts';
import { formatOf, type GlobalOptions } from './globalOptions.ts';
import type { Provenance } from './output/document.ts';
import type { Output } from './output/output.ts';
import { counted } from './output/plainText.ts';
import { processOutput } from './output/processOutput.ts';
import { Prompts } from './prompts.ts';
import { bindToChosenServer } from './serverChoice.ts';
import { stderrLogger } from './verboseLog.ts';
import { workspaceFolder } from './workspaceFolder.ts';

/** One run of one command: its options, its output, and the tracker, opened when it is first asked for. */
export class Invocation {
  readonly options: GlobalOptions;
  readonly surroundings: Surroundings;
  readonly output: Output;
  readonly prompts: Prompts;
  /** Whether the end of the command reminds of what the server did not take: not where it was about just that. */
  tellsOfStopped = true;
  readonly #startedAt = new Date().toISOString();
  #opening: Promise<DtmApp> | undefined;
  #freshness: Freshness | undefined;

  constructor(options: GlobalOptions, surroundings = systemSurroundings()) {
    this.options = options;
    this.surroundings = surroundings;
    this.output = processOutput(formatOf(options), surroundings, options.color);
    this.prompts = new Prompts(options);
  }

  /** The tracker of the workspace as it stands on this machine; bound to `--server` if the person named one. */
  async open(): Promise<DtmApp> {
    const app = await this.openOnly();
    await bindToChosenServer(this, app);
    await takeInEdits(app, this.output, this.prompts);
    return app;
  }

  /** The same without looking at `--server`: for commands that take a server of their own. */
  openOnly(): Promise<DtmApp> {
    this.#opening ??= this.#createApp();
    return this.#opening;
  }

  /** For a reading command: pulls what changed if the server answers within its budget, else says how old the data is. */
  async openForReading(): Promise<DtmApp> {
    const app = await this.open();
    await this.freshness(app).pullBriefly();
    return app;
  }

  /** For a writing command, which pushes by itself; `--require-online` asks the server before anything is written. */
  async openForWriting(): Promise<DtmApp> {
    const app = await this.open();
    if (this.options.requireOnline) await this.freshness(app).requireOnline();
    return app;
  }

  freshness(app: DtmApp): Freshness {
    this.#freshness ??= new Freshness(app, this.options, this.output, this.#startedAt, this.requestTimeoutMs);
    return this.#freshness;
  }

  provenance(app: DtmApp): Provenance {
    return this.freshness(app).provenance();
  }

  get requestTimeoutMs(): number {
    return requestTimeoutMs(this.surroundings.env);
  }

  /** Closes what was opened, and says what the tracker found wrong in its files. */
  async close(): Promise<void> {
    const app = await this.#opening?.catch(() => undefined);
    if (!app) return;
    const before = app.status.notices;
    await app.close();
    const seen = new Set<string>();
    for (const notice of [...before, ...app.status.notices]) {
      if (!seen.has(notice.message)) this.output.notice(withCommand(notice));
      seen.add(notice.message);
    }
    if (this.tellsOfStopped) this.#remind(app);
  }

  #remind({ status: { conflicts, rejected } }: DtmApp): void {
    if (conflicts > 0) {
      this.output.note(`${counted(conflicts, 'earlier change')} to decide about; see with: cf_cli conflict list`);
    }
    if (rejected > 0) {
      this.output.note(`the server refused ${counted(rejected, 'earlier change')}; see with: cf_cli queue list`);
    }
  }

  async #createApp(): Promise<DtmApp> {
    const { env } = this.surroundings;
    if (this.options.offline && this.options.requireOnline) throw offlineAndOnline();
    const gates = gateSettings(env);
    const folder = workspaceFolder(this.options.directory);
    const logger = stderrLogger(this.options.verbose === true, this.output);
    // HTTP and the files' libraries are needed by no command line that is only explained or refused.
    const { createApp } = await import('../app/createApp.ts');
    return createApp({
      folder,
      surface: 'cli',
      resident: false,
      surroundings: this.surroundings,
      tokens: cliTokens(this.surroundings, logger, (text) => this.output.note(text)),
      logger,
      localUser: localUser(),
      accessToken: env.DTM_TOKEN || undefined,
      offline: this.options.offline === true,
      requestTimeoutMs: this.requestTimeoutMs,
      gates: () => gates,
      network: networkFromEnvironment(env),
    });
  }
}

/** The tracker does not know the commands that settle what it found. */
function withCommand(notice: Notice): Notice {
  const hint = commandHints[notice.code];
  return hint === undefined ? notice : { ...notice, hint };
}

const commandHints: Readonly<Record<string, string>> = {
  'csv-edit-invalid':
    'Correct it (all of it: cf_cli csv check), or replace it: cf_cli sync rewrite-csv (yours is kept aside).',
  'csv-edit-untrusted': 'If you trust who made this folder: cf_cli trust',
  'csv-edit-missing': 'Decide with: cf_cli csv decide --keep-missing (or --delete-missing)',
  'csv-edit-stale': 'Decide with: cf_cli csv decide --discard-older (or --take-older)',
};

function offlineAndOnline(): DtmError {
  return new DtmError('usage', '--offline and --require-online contradict each other', { hint: 'Leave one out.' });
}
