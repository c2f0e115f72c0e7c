import { Transform, type TransformCallback } from 'node:stream';
import type { Direction, Fault } from './fault.ts';

/** How often a throttled stream lets a piece through, in milliseconds. */
const throttleStep = 20;

/** Who counts: the bytes that came through, and the pieces of traffic that a fault met. */
export interface Meters {
  readonly count: (bytes: number) => void;
  readonly met: (kind: Fault['kind']) => void;
}

/** One direction of a connection, with a fault that may change at any moment. */
export class FaultyStream extends Transform {
  /** The stream ended in the middle, because a fault said so. */
  wasCut = false;
  readonly #direction: Direction;
  readonly #meters: Meters;
  #fault: Fault;
  #bytesUntilCut = 0;
  #timer: NodeJS.Timeout | undefined;
  #resume: (() => void) | undefined;

  constructor(direction: Direction, fault: Fault, meters: Meters) {
    super();
    this.#direction = direction;
    this.#meters = meters;
    this.#fault = fault;
    this.apply(fault);
  }

  /** What is being held is taken up again under the new fault. */
  apply(fault: Fault): void {
    this.#fault = fault;
    if (fault.kind === 'cut') this.#bytesUntilCut = fault.afterBytes;
    const resume = this.#resume;
    this.#release();
    resume?.();
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    const again = (): void => this._transform(chunk, encoding, done);
    const fault = this.#fault;
    if (['blackHole', 'delay', 'throttle'].includes(fault.kind)) this.#meters.met(fault.kind);
    if (fault.kind === 'blackHole') this.#hold(again);
    else if (fault.kind === 'delay') this.#hold(again, this.#delay(fault), () => this.#deliver(chunk, done));
    else if (fault.kind === 'throttle') this.#trickle(chunk, fault.bytesPerSecond, done);
    else if (fault.kind === 'cut' && fault.direction === this.#direction) this.#deliverUntilCut(chunk, done);
    else this.#deliver(chunk, done);
  }

  /** The end of the stream is held back like its content. */
  override _flush(done: TransformCallback): void {
    if (this.#fault.kind === 'blackHole') this.#hold(() => this._flush(done));
    else done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#release();
    done(error);
  }

  #deliver(chunk: Buffer, done: TransformCallback): void {
    this.#meters.count(chunk.length);
    done(null, chunk);
  }

  #delay(fault: Fault & { kind: 'delay' }): number {
    return this.#direction === 'toServer' ? fault.toServerMs : fault.toClientMs;
  }

  /** Waits for the time to pass or for another fault, whichever comes first; without a time, for another fault. */
  #hold(onFault: () => void, milliseconds?: number, onTime?: () => void): void {
    this.#resume = onFault;
    if (milliseconds === undefined) return;
    this.#timer = setTimeout(() => {
      this.#release();
      onTime?.();
    }, milliseconds);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#resume = undefined;
  }

  #trickle(chunk: Buffer, bytesPerSecond: number, done: TransformCallback): void {
    const size = Math.max(1, Math.floor((bytesPerSecond * throttleStep) / 1000));
    const piece = chunk.subarray(0, size);
    const rest = chunk.subarray(size);
    this.#meters.count(piece.length);
    this.push(piece);
    const next = (): void => (rest.length > 0 ? this._transform(rest, 'binary', done) : done());
    this.#hold(next, (piece.length / bytesPerSecond) * 1000, next);
  }

  #deliverUntilCut(chunk: Buffer, done: TransformCallback): void {
    const passed = chunk.subarray(0, this.#bytesUntilCut);
    this.#bytesUntilCut -= passed.length;
    this.#meters.count(passed.length);
    this.push(passed);
    if (this.#bytesUntilCut > 0) done();
    else {
      this.wasCut = true;
      this.#meters.met('cut');
      this.push(null);
    }
  }
}
