import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type FieldProblem, systemCode } from '../core/errors.ts';

/** What the `.env` files of a folder say. */
export interface EnvFiles {
  readonly values: Readonly<Record<string, string>>;
  /** The file that each value comes from. */
  readonly fileOf: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
}

export const noEnvFiles: EnvFiles = { values: {}, fileOf: {}, problems: [] };

type Values = Readonly<Record<string, string | undefined>>;

/**
 * Reads `.env.<DTM_ENV>.local`, `.env.<DTM_ENV>` and `.env` of a folder; the first that has a value counts, and only
 * `DTM_*` names do. Which environment it is says the process's own environment, else `.env`, else it is the default.
 *
 * These files can set anything, the administrator's password and the data folder included. So they are read only where
 * somebody chose the folder for it: never from wherever an editor, a script or a terminal in a stranger's repository
 * happens to be.
 */
export function readEnvFiles(folder: string, environment: Values, environments: readonly string[]): EnvFiles {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return { ...noEnvFiles, problems: [problem(folder, 'is no folder, so it holds no .env files')] };
  }
  const common = readEnvFile(join(resolve(folder), '.env'));
  const name = environment.DTM_ENV || common.values.DTM_ENV || environments[0] || '';
  // What is no name of ours could lead to any file; it is complained about with the other settings.
  if (!environments.includes(name)) return common;
  const [specific, local] = [`.env.${name}`, `.env.${name}.local`].map((file) => {
    return refuseOtherEnvironment(readEnvFile(join(resolve(folder), file)), name);
  });
  return [common, specific ?? noEnvFiles, local ?? noEnvFiles].reduce(over);
}

function readEnvFile(file: string): EnvFiles {
  try {
    const parsed = Object.entries(parseEnv(readFileSync(file, 'utf8')));
    const values = parsed.flatMap(([name, value]) => {
      return name.startsWith('DTM_') && value !== undefined && value !== '' ? [[name, value] as const] : [];
    });
    return {
      values: Object.fromEntries(values),
      fileOf: Object.fromEntries(values.map(([name]) => [name, file])),
      problems: [],
    };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return noEnvFiles;
    return { ...noEnvFiles, problems: [problem(file, `cannot be read: ${(error as Error).message}`)] };
  }
}

/** A file that was chosen for one environment and asks for another would be half of each. */
function refuseOtherEnvironment(files: EnvFiles, name: string): EnvFiles {
  const other = files.values.DTM_ENV;
  if (other === undefined || other === name) return files;
  const message = `is ${other}, in a file for ${name}: set it in the environment or in .env`;
  return { ...files, problems: [...files.problems, problem('DTM_ENV', message)] };
}

function over(below: EnvFiles, above: EnvFiles): EnvFiles {
  return {
    values: { ...below.values, ...above.values },
    fileOf: { ...below.fileOf, ...above.fileOf },
    problems: [...below.problems, ...above.problems],
  };
}

function problem(path: string, message: string): FieldProblem {
  return { path, code: 'configuration', message };
}
