import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Fault, type FaultProxyCounters, faults } from './faultProxy/fault.ts';
import { connectThrough, type Link } from './faultProxy/link.ts';

export type FaultProxy = {
  readonly port: number;
  readonly url: string;
  readonly counters: Readonly<FaultProxyCounters>;
  /** How often each fault met a connection or a piece of its traffic: a fault that meets nobody was not injected. */
  readonly injected: ReadonlyMap<Fault['kind'], number>;
  readonly openConnections: number;
  /** Changes what happens from now on, to open connections as well as to new ones. */
  set(fault: Fault): Promise<void>;
  /** Back to passing everything. */
  pass(): Promise<void>;
  /** Ends every open connection with a TCP reset, and goes on as before. */
  resetConnections(): void;
  close(): Promise<void>;
};

/** A TCP proxy on the loopback interface, in front of a port of it, that can be told to misbehave. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const proxy = new TcpProxy(targetPort);
  await proxy.listen();
  return proxy;
}

class TcpProxy implements FaultProxy {
  readonly counters: FaultProxyCounters = { connections: 0, toServer: 0, toClient: 0 };
  readonly injected = new Map<Fault['kind'], number>();
  port = 0;
  readonly #targetPort: number;
  readonly #links = new Set<Link>();
  #fault: Fault = faults.pass;
  #server: Server | undefined;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get openConnections(): number {
    return this.#links.size;
  }

  async set(fault: Fault): Promise<void> {
    this.#fault = fault;
    if (fault.kind === 'refuse') return this.#stopListening();
    if (!this.#server) await this.listen();
    if (fault.kind === 'reset') this.resetConnections();
    for (const link of this.#links) link.apply(fault);
  }

  pass(): Promise<void> {
    return this.set(faults.pass);
  }

  resetConnections(): void {
    for (const link of this.#links) {
      this.#met('reset');
      link.reset();
    }
  }

  async close(): Promise<void> {
    await this.#stopListening();
  }

  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  #accept(client: Socket): void {
    this.counters.connections += 1;
    if (this.#fault.kind === 'reset') {
      this.#met('reset');
      client.resetAndDestroy();
      return;
    }
    const met = (kind: Fault['kind']): void => this.#met(kind);
    const link = connectThrough(client, this.#targetPort, this.#fault, this.counters, met);
    this.#links.add(link);
    link.closed.then(() => this.#links.delete(link));
  }

  async #stopListening(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server && once(server, 'close');
    server?.close();
    for (const link of this.#links) {
      if (this.#fault.kind === 'refuse') this.#met('refuse');
      link.destroy();
    }
    await closed;
    await Promise.all([...this.#links].map((link) => link.closed));
  }

  #met(kind: Fault['kind']): void {
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
  }
}
