import { Command } from 'commander';
import { addGlobalOptions } from './globalOptions.ts';
import { packageVersion } from './packageVersion.ts';
import type { Runtime } from './perform.ts';

/** Adds the verbs, options and actions of one noun. */
type Build = (noun: Command, runtime: Runtime) => void;

interface Noun {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Build>;
}

const nouns: readonly Noun[] = [
  {
    name: 'task',
    summary: 'list, show, create, update, start, complete, reopen, delete tasks',
    load: async () => (await import('./commands/task.ts')).buildTask,
  },
  {
    name: 'project',
    summary: 'list, show, create, update, delete projects',
    load: async () => (await import('./commands/project.ts')).buildProject,
  },
  {
    name: 'sprint',
    summary: 'list, show, create, update, delete sprints',
    load: async () => (await import('./commands/sprint.ts')).buildSprint,
  },
  {
    name: 'status',
    summary: 'what server, account and state this workspace is in',
    load: async () => (await import('./commands/status.ts')).buildStatus,
  },
  {
    name: 'sync',
    summary: 'exchange changes with the server now',
    load: async () => (await import('./commands/sync.ts')).buildSync,
  },
  {
    name: 'queue',
    summary: 'changes that the server has not taken yet: list, show, retry, drop',
    load: async () => (await import('./commands/queue.ts')).buildQueue,
  },
  {
    name: 'conflict',
    summary: 'changes that contradict those of others: look at them, decide',
    load: async () => (await import('./commands/conflict.ts')).buildConflict,
  },
  {
    name: 'auth',
    summary: 'sign in to a server and out again',
    load: async () => (await import('./commands/auth.ts')).buildAuth,
  },
  {
    name: 'bind',
    summary: 'make this workspace belong to a server',
    load: async () => (await import('./commands/bind.ts')).buildBind,
  },
  {
    name: 'unbind',
    summary: 'go back to a local workspace',
    load: async () => (await import('./commands/bind.ts')).buildUnbind,
  },
  {
    name: 'import',
    summary: 'bring the files of an older tracker, or what a server holds, into this workspace',
    load: async () => (await import('./commands/import.ts')).buildImport,
  },
  {
    name: 'csv',
    summary: 'what was edited in the CSV files of this workspace: check, decide',
    load: async () => (await import('./commands/csv.ts')).buildCsv,
  },
  {
    name: 'trust',
    summary: 'read the CSV files that came with this folder',
    load: async () => (await import('./commands/csv.ts')).buildTrust,
  },
  {
    name: 'evidence',
    summary: 'what is recorded of every change: verify it, list it, export it',
    load: async () => (await import('./commands/evidence.ts')).buildEvidence,
  },
  {
    name: 'serve',
    summary: 'run the DTM server',
    load: async () => (await import('./commands/serve.ts')).buildServe,
  },
  {
    name: 'server',
    summary: 'look after a DTM server on this machine: users, keys, backup and restore, migrations',
    load: async () => (await import('./commands/server/server.ts')).buildServer,
  },
];

/** The command line. Only the noun that the arguments speak of is loaded. */
export async function buildProgram(args: readonly string[], runtime: Runtime): Promise<Command> {
  const program = new Command('cf_cli')
    .description('Plan and track projects, sprints and tasks from the terminal, online or offline.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', examples)
    // Complaints are printed in one place, as every error is.
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError()
    .exitOverride();
  addGlobalOptions(program);
  for (const noun of nouns) {
    // Subcommands inherit the settings above as they are at this moment.
    const command = program.command(noun.name).description(noun.summary);
    if (args.includes(noun.name)) (await noun.load())(command, runtime);
  }
  return program;
}

const examples = `
Examples:
  cf_cli project create "Website"
  cf_cli task create "Write the imprint" --priority p1
  cf_cli task list --status ready,active --sort -priority
  cf_cli task complete T-7ZK3
  cf_cli bind http://localhost:8000      share this workspace with a server
  cf_cli task list --json                for scripts
  cf_cli server backup dtm.dtm-backup    save a server's data, also while it runs

Exit codes: 0 ok, 64 usage, 65 invalid, 66 not found, 69 server unreachable, 73 cannot write, 75 queued,
76 conflict, 77 not allowed, 78 configuration, 130 interrupted, 1 unexpected.
`;
