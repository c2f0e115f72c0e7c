import { createHash } from 'node:crypto';
import { copyFile, type FileHandle, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Entity, fieldsOf, fieldValue } from '../core/entity.ts';
import { DtmError } from '../core/errors.ts';
import { type EntityKind, entityKinds, kindOfId } from '../core/ids.ts';
import { operationFromTrustedWire, operationToWire } from '../core/operationWire.ts';
import { compareCodePoints } from '../core/text.ts';
import type { WireObject } from '../core/wire.ts';
import { listNames, makeFolder, removeIfExists, undefinedIfMissing, writeDurably } from './files.ts';
import type { Watermarks } from './journal.ts';
import type { Parking } from './journalRecord.ts';
import { TrackerState } from './trackerState.ts';

const headerSchema = z.object({
  format: z.literal(1),
  generation: z.int(),
  /** Lease number of the writer: of two images of one generation, the later holder's counts. */
  fence: z.int(),
  cursor: z.string().nullable(),
  /** Of the server's data; the images of earlier versions do not say. */
  epoch: z.int().optional(),
  lamport: z.int(),
  folded: z.record(z.string(), z.int()),
  fields: z.record(z.enum(entityKinds), z.array(z.string())),
});
export type BaseHeader = z.infer<typeof headerSchema>;

/** A line of the image: an entity's values in the header's field order, or one of the rarer things. */
type Line =
  | readonly [EntityKind, ...unknown[]]
  | { readonly x: readonly [string, number] }
  | { readonly o: PendingJson }
  | { readonly p: ParkedJson }
  /** A deleted entity as it was: what was edited meanwhile can be brought back. */
  | { readonly l: readonly [EntityKind, ...unknown[]] };
interface PendingJson {
  readonly lamport: number;
  readonly operation: WireObject;
}
interface ParkedJson {
  readonly operation: WireObject;
  readonly parking: Parking;
}

/** Where an image stands. The highest (generation, fence) is the one that counts. */
export interface BaseName {
  readonly file: string;
  readonly generation: number;
  readonly fence: number;
}

const chunkLines = 2_000;

/** The images in a state folder, the one that counts first. */
export async function listBases(folder: string): Promise<BaseName[]> {
  const names = (await listNames(folder)).flatMap((file) => {
    const match = /^base-(\d+)-(\d+)\.jsonl$/.exec(file);
    return match ? [{ file, generation: Number(match[1]), fence: Number(match[2]) }] : [];
  });
  return names.sort((a, b) => b.generation - a.generation || b.fence - a.fence);
}

/**
 * Writes base, pending and parked operations, cursor and watermarks as a new image, durably.
 * @param beforeItCounts what has to be on disk before the image is
 */
export async function writeBase(
  folder: string,
  state: TrackerState,
  place: { generation: number; fence: number },
  folded: Watermarks,
  beforeItCounts: () => Promise<void>,
): Promise<void> {
  const { generation, fence } = place;
  const fields = { project: fieldsOf('project'), sprint: fieldsOf('sprint'), task: fieldsOf('task') };
  const { cursor, epoch, lamport } = state;
  const header = { format: 1, generation, fence, cursor, epoch, lamport, folded, fields };
  const write = async (file: FileHandle): Promise<void> => {
    const hash = createHash('sha256');
    const put = async (text: string) => {
      hash.update(text);
      await file.appendFile(text);
    };
    await put(`${JSON.stringify(header)}\n`);
    let chunk: string[] = [];
    for (const line of linesOf(state)) {
      chunk.push(JSON.stringify(line));
      if (chunk.length === chunkLines) {
        await put(`${chunk.join('\n')}\n`);
        chunk = [];
      }
    }
    if (chunk.length > 0) await put(`${chunk.join('\n')}\n`);
    await file.appendFile(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
  };
  const path = join(folder, `base-${generation}-${fence}.jsonl`);
  await writeDurably(path, write, async () => {
    await beforeItCounts();
    return true;
  });
}

/** The state must not change while this runs; it is collected first, so that it may. */
function linesOf(state: TrackerState): Line[] {
  const lines: Line[] = [];
  // In the order in which lists and CSV files want them: sorting what is sorted costs next to nothing.
  const entities = [...state.baseEntities()].sort((a, b) => compareCodePoints(a.id, b.id));
  for (const entity of entities) lines.push(rowOf(entity));
  for (const [id, version] of state.tombstones) lines.push({ x: [id, version] });
  for (const { lamport, operation } of state.pending)
    lines.push({ o: { lamport, operation: operationToWire(operation) } });
  for (const { operation, parking } of state.parked)
    lines.push({ p: { operation: operationToWire(operation), parking } });
  for (const entity of state.lastSeen.values()) lines.push({ l: rowOf(entity) });
  return lines;
}

function rowOf(entity: Entity): readonly [EntityKind, ...unknown[]] {
  const kind = kindOfId(entity.id) ?? 'task';
  return [kind, ...fieldsOf(kind).map((field) => fieldValue(entity, field))];
}

/**
 * Reads an image into a new state.
 * @returns undefined if the file is gone (a newer image replaced it)
 * @throws DtmError `damaged-file` if it is not what was written
 */
export async function readBase(
  folder: string,
  file: string,
): Promise<{ readonly header: BaseHeader; readonly state: TrackerState } | undefined> {
  const bytes = await readFile(join(folder, file)).catch(undefinedIfMissing);
  if (bytes === undefined) return undefined;
  const bodyEnd = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  const sha256 = createHash('sha256').update(bytes.subarray(0, bodyEnd)).digest('hex');
  if (bytes.toString('utf8', bodyEnd) !== `${JSON.stringify({ sha256 })}\n`) throw damaged(join(folder, file));
  const lines = bytes.toString('utf8', 0, Math.max(0, bodyEnd - 1)).split('\n');
  const header = headerSchema.parse(JSON.parse(lines[0] ?? '{}'));
  return { header, state: await readLines(header, lines) };
}

async function readLines(header: BaseHeader, lines: readonly string[]): Promise<TrackerState> {
  const state = new TrackerState();
  state.loadCursor(header.cursor, header.lamport);
  state.loadEpoch(header.epoch);
  for (let start = 1; start < lines.length; start += chunkLines) {
    // One parse for many lines is twice as fast as one for each.
    const chunk = JSON.parse(`[${lines.slice(start, start + chunkLines).join(',')}]`) as Line[];
    for (const line of chunk) loadLine(state, header, line);
    // The extension host must never be blocked for long.
    if (start + chunkLines < lines.length) await new Promise((resume) => setImmediate(resume));
  }
  return state;
}

function loadLine(state: TrackerState, header: BaseHeader, line: Line): void {
  if (Array.isArray(line)) state.load(entityOf(header, line as [EntityKind, ...unknown[]]));
  else if ('x' in line) state.loadTombstone(...line.x);
  else if ('o' in line) {
    state.fold({ type: 'operation', lamport: line.o.lamport, operation: operationFromTrustedWire(line.o.operation) });
  } else if ('p' in line) state.loadParked(operationFromTrustedWire(line.p.operation), line.p.parking);
  else if ('l' in line) state.loadLastSeen(entityOf(header, line.l));
}

/** Copies of one template share a hidden class: eight times faster than objects that grow field by field. */
function entityOf(header: BaseHeader, row: readonly [EntityKind, ...unknown[]]): Entity {
  const entity: Record<string, unknown> = { ...templates[row[0]] };
  const fields = header.fields[row[0]];
  for (let index = 0; index < fields.length; index++) entity[fields[index] ?? ''] = row[index + 1];
  return entity as unknown as Entity;
}

const templates = { project: templateOf('project'), sprint: templateOf('sprint'), task: templateOf('task') };

function templateOf(kind: EntityKind): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fieldsOf(kind).map((field) => [field, null]));
}

function damaged(path: string): DtmError {
  return new DtmError('damaged-file', `${path} is damaged: its checksum does not match`, {
    hint: 'The last image before it and the journal are used instead; nothing that was acknowledged is lost.',
  });
}

/** Removes all images but the newest two. */
export async function removeOldBases(folder: string): Promise<void> {
  for (const base of (await listBases(folder)).slice(2)) await removeIfExists(join(folder, base.file));
}

/** Gives the newest image a second name in `aside/`. @returns its path; undefined if there is none */
export async function keepNewestBase(folder: string): Promise<string | undefined> {
  const newest = (await listBases(folder))[0];
  if (!newest) return undefined;
  const kept = join(folder, 'aside', newest.file);
  await makeFolder(join(folder, 'aside'));
  await copyFile(join(folder, newest.file), kept);
  return kept;
}

/** Reads only the header of an image. */
export async function readBaseHeader(folder: string, file: string): Promise<BaseHeader | undefined> {
  const text = await readFile(join(folder, file), 'utf8').catch(undefinedIfMissing);
  return text === undefined ? undefined : headerSchema.parse(JSON.parse(text.slice(0, text.indexOf('\n'))));
}
