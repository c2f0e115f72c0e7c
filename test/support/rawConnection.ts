import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test writes whatever it likes, and what came back on it. */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  readonly #closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    // Being cut off is what many tests are about.
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get received(): string {
    return this.#received;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** @returns false while the other side does not keep up */
  write(text: string): boolean {
    return this.isOpen && this.#socket.write(text, 'latin1');
  }

  /** Until what was written has been taken, or the connection is closed. */
  async drained(): Promise<void> {
    if (this.#socket.writableNeedDrain) await this.#happens('drain');
  }

  /** Writes a piece each `everyMs` until the connection is closed. @returns after how many milliseconds that was */
  async trickle(piece: string, everyMs: number): Promise<number> {
    const started = performance.now();
    const timer = setInterval(() => this.write(piece), everyMs);
    await this.#closed;
    clearInterval(timer);
    return performance.now() - started;
  }

  /** Waits until so many answers have begun, or the connection is closed. @returns the answers' status lines */
  async statuses(count: number): Promise<number[]> {
    const found = () => [...this.#received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    while (found().length < count && !this.#socket.destroyed) {
      await this.#happens('data');
    }
    return found();
  }

  async #happens(event: 'data' | 'drain'): Promise<void> {
    const happened = new Promise((resolve) => this.#socket.once(event, resolve));
    await Promise.race([happened, this.#closed]);
  }

  close(): void {
    this.#socket.destroy();
  }
}
