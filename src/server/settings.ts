import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { DtmError, type FieldProblem } from '../core/errors.ts';
import { type Surroundings, stateHome } from '../core/stateHome.ts';
import { type EnvFiles, noEnvFiles, readEnvFiles } from './envFiles.ts';
import type { DatabasePlace } from './store/existingDatabase.ts';
import { readTlsFiles, type TlsFiles, type TlsMaterial } from './tls/tlsFiles.ts';

const environments = ['development', 'test', 'production'] as const;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly dataDir: string;
  /** A PostgreSQL database to use instead of one in the data folder. */
  readonly databaseUrl: string | undefined;
  /** The user's state folder: the runtime file is written there. */
  readonly stateHome: string;
  readonly environment: (typeof environments)[number];
  readonly adminUsername: string;
  /** Of the first start; undefined: one is made and shown once. */
  readonly adminPassword: string | undefined;
  readonly accessTokenTtlS: number;
  readonly refreshTokenTtlS: number;
  readonly logLevel: (typeof logLevels)[number];
  /** A reverse proxy stands before the server: it does TLS, and no peer is known to be local. */
  readonly trustProxy: boolean;
  /** Certificate and key, where the server itself does TLS. */
  readonly tls: (TlsFiles & TlsMaterial) | undefined;
  /** Requests per minute and address; undefined: as many as come. */
  readonly rateLimitPerMin: number | undefined;
  /** Web pages of these origins may read the answers. */
  readonly corsOrigins: readonly string[];
  /** With it metrics can be read from elsewhere. */
  readonly metricsToken: string | undefined;
}

const flag = z
  .enum(['0', '1', 'false', 'true'])
  .default('0')
  .transform((value) => value === '1' || value === 'true');
const seconds = (fallback: number) => z.coerce.number().int().min(1).max(31_536_000).default(fallback);

const environmentSchema = z.object({
  DTM_HOST: z.string().min(1).max(255).default('127.0.0.1'),
  DTM_PORT: z.coerce.number().int().min(0).max(65_535).default(8_000),
  DTM_DATA_DIR: z.string().min(1).optional(),
  DTM_DATABASE_URL: z.string().refine(isPostgresUrl, 'must be postgres://user:password@host:port/database').optional(),
  DTM_ENV: z.enum(environments).default('development'),
  DTM_ADMIN_USERNAME: z.string().trim().min(1).max(200).default('admin'),
  DTM_ADMIN_PASSWORD: z.string().min(8).max(1_000).optional(),
  DTM_ADMIN_PASSWORD_FILE: z.string().min(1).optional(),
  DTM_ACCESS_TOKEN_TTL_S: seconds(900),
  DTM_REFRESH_TOKEN_TTL_S: seconds(2_592_000),
  DTM_LOG_LEVEL: z.enum(logLevels).default('info'),
  DTM_TRUST_PROXY: flag,
  DTM_TLS_CERT: z.string().min(1).optional(),
  DTM_TLS_KEY: z.string().min(1).optional(),
  DTM_RATE_LIMIT_PER_MIN: z.coerce.number().int().min(1).max(10_000_000).optional(),
  DTM_CORS_ORIGINS: z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example, with commas between'),
  DTM_METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters').max(1_000).optional(),
});
type Variables = z.infer<typeof environmentSchema>;

/**
 * Reads the settings from the environment. A variable that is set but empty counts as not set.
 * @param envFolder whose `.env` files are read, too, below the environment; undefined: none
 * @throws DtmError `configuration` that lists every problem, not only the first
 */
export function readSettings(surroundings: Surroundings, envFolder?: string): ServerSettings {
  const given = readVariables(surroundings, envFolder);
  const parsed = environmentSchema.safeParse(given.values);
  if (!parsed.success) throw invalid(parsed.error.issues.map(toProblem), given);
  const password = readPassword(parsed.data);
  const tls = readTls(parsed.data);
  const problems = [...password.problems, ...tls.problems, ...exposureProblems(parsed.data)];
  if (given.files.problems.length + problems.length > 0) throw invalid(problems, given);
  return toSettings(parsed.data, { adminPassword: password.value, tls: tls.value }, given.stateHome);
}

/**
 * The part of the settings that says where the data is, for commands that start no server.
 * @throws DtmError `configuration`
 */
export function readPlace(surroundings: Surroundings, envFolder?: string): DatabasePlace {
  const given = readVariables(surroundings, envFolder);
  const parsed = environmentSchema.pick({ DTM_DATA_DIR: true, DTM_DATABASE_URL: true }).safeParse(given.values);
  if (!parsed.success) throw invalid(parsed.error.issues.map(toProblem), given);
  if (given.files.problems.length > 0) throw invalid([], given);
  const { DTM_DATA_DIR: dataDir, DTM_DATABASE_URL: databaseUrl } = parsed.data;
  return { dataDir: dataDir ?? join(given.stateHome, 'server'), databaseUrl };
}

interface Given {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** What the environment itself sets, which no file can be blamed for. */
  readonly own: Readonly<Record<string, string | undefined>>;
  readonly files: EnvFiles;
  readonly stateHome: string;
}

function readVariables(surroundings: Surroundings, envFolder: string | undefined): Given {
  const { env } = surroundings;
  const files = envFolder === undefined ? noEnvFiles : readEnvFiles(envFolder, env, environments);
  const set = Object.entries(env).filter(([name, value]) => name.startsWith('DTM_') && value !== '');
  const own = Object.fromEntries(set);
  const values = { ...files.values, ...own };
  return { values, own, files, stateHome: stateHome({ ...surroundings, env: { ...env, ...values } }) };
}

type FromFiles = Pick<ServerSettings, 'adminPassword' | 'tls'>;

function toSettings(values: Variables, fromFiles: FromFiles, home: string): ServerSettings {
  return {
    host: values.DTM_HOST,
    port: values.DTM_PORT,
    dataDir: values.DTM_DATA_DIR ?? join(home, 'server'),
    databaseUrl: values.DTM_DATABASE_URL,
    stateHome: home,
    environment: values.DTM_ENV,
    adminUsername: values.DTM_ADMIN_USERNAME,
    ...fromFiles,
    accessTokenTtlS: values.DTM_ACCESS_TOKEN_TTL_S,
    refreshTokenTtlS: values.DTM_REFRESH_TOKEN_TTL_S,
    logLevel: values.DTM_LOG_LEVEL,
    trustProxy: values.DTM_TRUST_PROXY,
    rateLimitPerMin: values.DTM_RATE_LIMIT_PER_MIN,
    corsOrigins: values.DTM_CORS_ORIGINS,
    metricsToken: values.DTM_METRICS_TOKEN,
  };
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '' && url.pathname.length > 1;
}

/** What a file held, or why it is of no use; neither where none is named. */
interface FileReading<T> {
  readonly value?: T | undefined;
  readonly problems: readonly FieldProblem[];
}

function readTls({ DTM_TLS_CERT: certFile, DTM_TLS_KEY: keyFile }: Variables): FileReading<TlsFiles & TlsMaterial> {
  if (certFile === undefined && keyFile === undefined) return { problems: [] };
  if (certFile === undefined || keyFile === undefined) {
    const [missing, given] = certFile === undefined ? ['DTM_TLS_CERT', 'DTM_TLS_KEY'] : ['DTM_TLS_KEY', 'DTM_TLS_CERT'];
    return { problems: [problem(missing, `is missing, while ${given} is set: TLS needs both`)] };
  }
  const files = { certFile, keyFile };
  const read = readTlsFiles(files);
  return 'cert' in read ? { value: { ...files, ...read }, problems: [] } : { problems: read };
}

function readPassword(values: Variables): FileReading<string> {
  const file = values.DTM_ADMIN_PASSWORD_FILE;
  if (file === undefined) return { value: values.DTM_ADMIN_PASSWORD, problems: [] };
  if (values.DTM_ADMIN_PASSWORD !== undefined) {
    return { problems: [problem('DTM_ADMIN_PASSWORD_FILE', 'and DTM_ADMIN_PASSWORD are both set: keep one')] };
  }
  return readPasswordFile(file);
}

function readPasswordFile(file: string): FileReading<string> {
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (value.length >= 8 && value.length <= 1_000) return { value, problems: [] };
    return { problems: [problem('DTM_ADMIN_PASSWORD_FILE', 'must hold 8 to 1,000 characters')] };
  } catch (error) {
    return { problems: [problem('DTM_ADMIN_PASSWORD_FILE', `cannot be read: ${(error as Error).message}`)] };
  }
}

function exposureProblems(values: Variables): readonly FieldProblem[] {
  const hasTls = values.DTM_TLS_CERT !== undefined || values.DTM_TLS_KEY !== undefined;
  if (values.DTM_ENV !== 'production' || isLoopback(values.DTM_HOST) || values.DTM_TRUST_PROXY || hasTls) return [];
  const message = `${values.DTM_HOST} is beyond loopback: in production that needs TLS, so set DTM_TLS_CERT and DTM_TLS_KEY, put a TLS proxy in front and set DTM_TRUST_PROXY=1, or listen on 127.0.0.1`;
  return [problem('DTM_HOST', message)];
}

/** Whether only this machine can reach an address or name. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^::ffff:/, '');
  if (isIP(address) === 4) return address.startsWith('127.');
  return address === '::1' || address === 'localhost';
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function toProblem(issue: z.core.$ZodIssue): FieldProblem {
  return problem(issue.path.join('.'), issue.message);
}

function problem(path: string, message: string): FieldProblem {
  return { path, code: 'configuration', message };
}

function invalid(problems: readonly FieldProblem[], { files, own }: Given): DtmError {
  const fields = [...files.problems, ...problems].map((field) => {
    const file = own[field.path] === undefined ? files.fileOf[field.path] : undefined;
    return file === undefined ? field : { ...field, message: `${field.message} (set in ${file})` };
  });
  const list = fields.map((field) => `${field.path}: ${field.message}`).join('\n  ');
  return new DtmError('configuration', `the settings are not valid:\n  ${list}`, {
    fields,
    hint: 'Correct these settings and start again.',
  });
}
