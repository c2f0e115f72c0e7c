import type { DtmError } from '../../core/errors.ts';
import type { GateVerdict } from '../../core/gates/verdict.ts';

/** The version of the JSON documents; it grows when a reader of the old form would misread the new. */
const schemaVersion = 1;

/** Where the data of a document comes from, and how much of it the server does not know yet. */
export interface Provenance {
  /** `api`: the server was asked during this command; `csv`: the local state; `database`: the server's own data. */
  readonly source: 'api' | 'csv' | 'database';
  /** When the local state was last in step with the server, RFC 3339; only with `csv` in a bound workspace. */
  readonly staleSince?: string;
  /** Operations that the server has not acknowledged. */
  readonly pending: number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The document of a list. @param total how many there are, whatever the limit */
export function listDocument(kind: string, from: Provenance, items: readonly Fields[], total: number): Fields {
  return { ...header(kind, from), items, total };
}

/** The document of one thing; null after its deletion was asked for and it is gone. */
export function itemDocument({ kind, fields, warnings }: DocumentItem, from: Provenance, error?: DtmError): Fields {
  return {
    ...header(kind, from),
    item: fields,
    ...(warnings ? { warnings: warnings.map(({ gate, sentence }) => ({ gate, message: sentence })) } : {}),
    ...(error ? { error: problemOf(error) } : {}),
  };
}

interface DocumentItem {
  readonly kind: string;
  readonly fields: Fields | null;
  /** Of writing commands, if only an empty list. */
  readonly warnings?: readonly GateVerdict[];
}

/** The document that takes the place of data when a command fails. */
export function errorDocument(error: DtmError): Fields {
  return { schema_version: schemaVersion, error: problemOf(error) };
}

function header(kind: string, from: Provenance): Fields {
  return {
    schema_version: schemaVersion,
    kind,
    source: from.source,
    ...(from.staleSince === undefined ? {} : { stale_since: from.staleSince }),
    pending: from.pending,
  };
}

function problemOf(error: DtmError): Fields {
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.fields.length === 0 ? {} : { fields: error.fields }),
  };
}
