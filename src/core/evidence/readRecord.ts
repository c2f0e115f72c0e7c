import { isDtmError } from '../errors.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { TextDigest } from './hashing.ts';
import { type EvidenceRecord, parseRecord, recordHash } from './record.ts';
import type { Breach } from './replay.ts';

/** The record of a line, or why it is none. A line is the canonical form of its record, to the byte. */
export function readRecord(text: string, sha256: TextDigest): EvidenceRecord | Breach {
  try {
    const raw: unknown = JSON.parse(text);
    const record = parseRecord(raw);
    if (canonicalJson(raw) !== text) return verifiability('the line is not the canonical form of its record');
    return recordHash(raw as Readonly<Record<string, unknown>>, sha256) === record.hash
      ? record
      : verifiability('its hash is not the hash of the record');
  } catch (error) {
    if (isDtmError(error, 'validation')) return { law: lawOf(error.fields[0]?.path), message: error.message };
    if (error instanceof SyntaxError) return verifiability('the line is not JSON');
    throw error;
  }
}

const provenanceFields: ReadonlySet<string> = new Set(['actor', 'surface', 'correlation_id', 'prev', 'seq']);

function lawOf(path: string | undefined): Breach['law'] {
  return path !== undefined && provenanceFields.has(path) ? 'provenance' : 'verifiability';
}

function verifiability(message: string): Breach {
  return { law: 'verifiability', message };
}
