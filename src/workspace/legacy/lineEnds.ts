const lf = 0x0a;
const cr = 0x0d;

/** Where the lines of a stream end, for whoever knows of something by its byte and wants to name its line. */
export class LineEnds {
  /** Positions of the last byte of each line end, in order. */
  readonly #ends: number[] = [];
  #bytes = 0;
  /** How many ends are before what was asked for last: who reads in order never looks at them again. */
  #passed = 0;
  #lastWasCr = false;

  /** Takes the next bytes of the stream. */
  read(chunk: Uint8Array): void {
    for (const byte of chunk) {
      // A lone CR ends a line; of CR LF only the LF does.
      if (this.#lastWasCr && byte !== lf) this.#ends.push(this.#bytes - 1);
      if (byte === lf) this.#ends.push(this.#bytes);
      this.#lastWasCr = byte === cr;
      this.#bytes++;
    }
  }

  /** The line that a byte stands in, 1 being the first. @param byte not before any that was asked for earlier */
  lineOf(byte: number): number {
    for (let end = this.#ends[this.#passed]; end !== undefined && end < byte; end = this.#ends[this.#passed])
      this.#passed++;
    return this.#passed + 1;
  }
}

/** How many line ends a text holds. */
export function lineEndsIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
