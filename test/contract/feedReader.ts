import assert from 'node:assert/strict';
import type { Api } from './api.ts';

/** Follows the changes feed from one place and remembers what it was shown. */
export class FeedReader {
  readonly #api: Api;
  readonly #limit: number;
  #next: string;
  readonly #changes: { readonly id: string; readonly version: number; readonly seq: number }[] = [];
  /** How many of the changes came as part of a snapshot, which is in the order of ids. */
  #inSnapshot = 0;

  constructor(api: Api, next: string, limit = 200) {
    this.#api = api;
    this.#next = next;
    this.#limit = limit;
  }

  /** Begins with a snapshot. */
  static atStart(api: Api, limit?: number): FeedReader {
    return new FeedReader(api, '0', limit);
  }

  /** Begins with what happens from now on. */
  static async atEnd(api: Api): Promise<FeedReader> {
    const reader = FeedReader.atStart(api, 1_000);
    while (await reader.#read());
    return reader.another();
  }

  /** A reader that goes on from where this one is now. */
  another(): FeedReader {
    return new FeedReader(this.#api, this.#next, this.#limit);
  }

  /** Reads on until something is over, and then to the end. */
  async followUntil(isOver: () => boolean): Promise<void> {
    for (let wasOver = false; ; wasOver = isOver()) {
      while (await this.#read());
      if (wasOver) return;
    }
  }

  async #read(): Promise<boolean> {
    const answer = await this.#api.must('GET', `/api/v1/changes?since=${this.#next}&limit=${this.#limit}`);
    const isSnapshot = !/^[1-9]/.test(this.#next);
    for (const { id, version, seq } of answer.changes) this.#changes.push({ id, version, seq });
    if (isSnapshot) this.#inSnapshot = this.#changes.length;
    this.#next = answer.next;
    return answer.has_more;
  }

  seen(): string[] {
    return this.#changes.map(({ id, version }) => `${id}@${version}`);
  }

  newest(): ReadonlyMap<string, number> {
    return new Map(this.#changes.map(({ id, version }) => [id, version]));
  }

  /** Numbers only grow, and each entity goes from one version to the next: nothing twice, nothing left out. */
  assertOrdered(): void {
    const versions = new Map<string, number>();
    let last = 0;
    this.#changes.forEach(({ id, version, seq }, index) => {
      const previous = versions.get(id);
      if (previous !== undefined) assert.equal(version, previous + 1, `${id} at change ${seq}`);
      versions.set(id, version);
      if (index < this.#inSnapshot) return;
      assert.ok(seq > last, `change ${seq} came after change ${last}`);
      last = seq;
    });
  }
}
