import { type EntityForm, entityForm } from '../../core/evidence/entityForm.ts';
import { type EvidenceRecord, parseRecord } from '../../core/evidence/record.ts';
import type { Verification } from '../../core/evidence/report.ts';
import type { EvidenceMeans } from '../../core/evidence/rules.ts';
import { type CurrentForms, LedgerVerifier } from '../../core/evidence/verify.ts';
import { kindOfId } from '../../core/ids.ts';
import type { TrackerStore } from '../../core/ports.ts';
import { Breather } from './breather.ts';
import { copyLedger } from './copyLedger.ts';
import { knownEvidenceMeans, sha256 } from './evidenceMeans.ts';
import { workspaceHash } from './evidencePlace.ts';
import { ledgerFolder, ledgerLines } from './ledgerLines.ts';

export interface LedgerReaderOptions {
  /** Of the tracker that is open now. */
  readonly folder: () => string;
  readonly workspace: string | undefined;
  readonly stateHome: string;
  readonly store: () => Pick<TrackerStore, 'visible' | 'evidence' | 'writeEvidence'>;
}

/** Reads the ledger of a tracker, whoever writes it. */
export class LedgerReader {
  readonly #options: LedgerReaderOptions;

  constructor(options: LedgerReaderOptions) {
    this.#options = options;
  }

  /** Verifies all of it. @throws DtmError `damaged-file` where the key is, or what the disk says */
  async verify(): Promise<Verification & { readonly folder: string; readonly unrecorded: number | undefined }> {
    const { store, stateHome } = this.#options;
    await store().writeEvidence();
    const folder = ledgerFolder(this.#options.folder());
    const means = await knownEvidenceMeans(stateHome);
    let lastSeq = 0;
    const current = means && this.#current(means, () => lastSeq);
    const verifier = new LedgerVerifier({ sha256, workspace: workspaceHash(this.#options), current });
    const breather = new Breather();
    for await (const line of ledgerLines(folder)) {
      verifier.read(line);
      lastSeq = seqOf(line.text) ?? lastSeq;
      await breather.pause();
    }
    return { ...verifier.finish(), folder, unrecorded: store().evidence.unrecorded };
  }

  /** The newest records, the newest last. @param about the id of an entity */
  async list(about: string | undefined, most: number): Promise<{ records: readonly EvidenceRecord[]; total: number }> {
    await this.#options.store().writeEvidence();
    const records: EvidenceRecord[] = [];
    const breather = new Breather();
    let total = 0;
    for await (const { text, isUnfinished } of ledgerLines(ledgerFolder(this.#options.folder()))) {
      const record = isUnfinished || (about && !text.includes(about)) ? undefined : recordIn(text);
      if (!record || (about && record.id !== about)) continue;
      total++;
      records.push(record);
      // Not one by one: shifting a long list costs its length.
      if (records.length >= 2 * most + 1_000) records.splice(0, records.length - most);
      await breather.pause();
    }
    return { records: records.slice(Math.max(0, records.length - most)), total };
  }

  /** Copies every whole line. @throws DtmError `conflict`, `cannot-write` */
  async export(to: string): Promise<{ folder: string; files: readonly string[]; bytes: number }> {
    await this.#options.store().writeEvidence();
    return copyLedger(ledgerFolder(this.#options.folder()), to);
  }

  /** What is seen now; nothing can be compared with it unless the records that were read tell all of it. */
  #current(means: EvidenceMeans, lastSeq: () => number): CurrentForms {
    const form = (id: string): EntityForm | null | undefined => {
      const { visible, evidence } = this.#options.store();
      const kind = kindOfId(id);
      if (!kind || evidence.unrecorded !== 0 || evidence.seq !== lastSeq()) return undefined;
      const entity = visible.get(kind, id);
      return entity ? entityForm(entity, means) : null;
    };
    return { rules: means.rules, form };
  }
}

function recordIn(text: string): EvidenceRecord | undefined {
  try {
    return parseRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** It stands near the end of a line, behind everything that people write. */
function seqOf(text: string): number | undefined {
  const found = /,"seq":(?<seq>\d+),"surface":"[a-z-]+"\}$/.exec(text.slice(-80))?.groups?.seq;
  return found === undefined ? undefined : Number(found);
}
