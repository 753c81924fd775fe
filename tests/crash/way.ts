import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A proxy for the replicas of one service: it gives each connection to one that listens, and can inject faults. */
export class Way {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #turn = 0;
  #refusing = false;
  #deaf = false;
  #delayMs = 0;
  /** Connections that a fault has hit. */
  #hit = 0;

  private constructor(private readonly targets: readonly number[]) {
    this.#server = createServer((client) => this.#join(client).catch(() => this.#reset(client)));
  }

  static async inFrontOf(...ports: number[]): Promise<Way> {
    const way = new Way(ports);
    way.#server.listen(0, '127.0.0.1');
    await once(way.#server, 'listening');
    return way;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets every connection, and each new one for so long. Returns whether there was one. */
  cut(ms: number): Promise<boolean> {
    return this.#during(ms, () => {
      this.#refusing = true;
      this.#resetAll();
    });
  }

  /** Requests arrive, but their answers are lost; at the end the connections are reset. */
  deafen(ms: number): Promise<boolean> {
    return this.#during(ms, () => (this.#deaf = true));
  }

  delay(ms: number, byMs: number): Promise<boolean> {
    return this.#during(ms, () => (this.#delayMs = byMs));
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#resetAll();
    await once(this.#server, 'close');
  }

  async #during(ms: number, begin: () => unknown): Promise<boolean> {
    const before = this.#hit;
    begin();
    await pause(ms);
    if (this.#deaf) this.#resetAll();
    this.#refusing = this.#deaf = false;
    this.#delayMs = 0;
    return this.#hit > before;
  }

  async #join(client: Socket): Promise<void> {
    this.#keep(client);
    if (this.#refusing) return this.#reset(client);
    const target = await this.#reach();
    this.#keep(target);
    const end = () => {
      client.destroy();
      target.destroy();
    };
    client.on('close', end);
    target.on('close', end);
    if (client.destroyed) end();
    await Promise.all([this.#carry(client, target, false), this.#carry(target, client, true)]).catch(end);
  }

  /** The replicas take turns, except those that do not listen. */
  async #reach(): Promise<Socket> {
    for (let tries = 1; ; tries++) {
      const port = this.targets[this.#turn++ % this.targets.length] as number;
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      try {
        await once(socket, 'connect');
        return socket;
      } catch (error) {
        if (tries >= this.targets.length) throw error;
      }
    }
  }

  async #carry(from: Socket, to: Socket, answers: boolean): Promise<void> {
    for await (const chunk of from) {
      if (this.#delayMs > 0) {
        this.#hit++;
        await pause(this.#delayMs);
      }
      if (answers && this.#deaf) this.#hit++;
      else if (!to.write(chunk)) await once(to, 'drain');
    }
    to.end();
  }

  #keep(socket: Socket): void {
    socket.setNoDelay(true);
    this.#open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
  }

  #resetAll(): void {
    for (const socket of this.#open) this.#reset(socket);
  }

  #reset(socket: Socket): void {
    this.#hit++;
    socket.resetAndDestroy();
  }
}
