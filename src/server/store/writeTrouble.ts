/**
 * Remembers whether the last transaction that wanted to write found a database that takes no writes: a full disk cannot
 * be known beforehand without writing.
 */
export class WriteTrouble {
  #isTroubled = false;
  readonly #isTrouble: (error: unknown) => boolean;

  /** @param isTrouble tells failures that only a write shows from all others */
  constructor(isTrouble: (error: unknown) => boolean) {
    this.#isTrouble = isTrouble;
  }

  get isTroubled(): boolean {
    return this.#isTroubled;
  }

  /** Runs a transaction that writes. */
  async watch<T>(write: () => Promise<T>): Promise<T> {
    try {
      const result = await write();
      this.#isTroubled = false;
      return result;
    } catch (error) {
      if (this.#isTrouble(error)) this.#isTroubled = true;
      throw error;
    }
  }
}
