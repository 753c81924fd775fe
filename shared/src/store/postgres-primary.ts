import pg, { type ClientConfig } from 'pg';
import { serversIn } from './database-url.ts';

/** How long a server may take to answer until it counts as gone, and how often the one in use is asked. */
const PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 1_000;
const READ_ONLY = 'SHOW transaction_read_only';

/** The address of the server that takes writes, of those that the URL names. */
export async function primaryOf(url: string): Promise<string> {
  const servers = serversIn(url);
  if (servers.length === 1) return servers[0] as string;
  const looks = servers.map(async (server) => {
    const client = await connectedTo(server);
    void client.end().catch(() => {});
    return server;
  });
  try {
    return await Promise.any(looks);
  } catch (failed) {
    const { errors } = failed as AggregateError;
    // Where all refuse the user or the database, waiting does not help.
    if (errors.every(({ code }) => /^(28|3D)/.test(code))) throw errors[0];
    const said = errors.map((error: Error & { code?: string }) => error.message || error.code);
    throw notNow(`none of its servers takes writes: ${said.join('; ')}`);
  }
}

/** A connection to a server that takes writes. */
async function connectedTo(server: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: server,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    if (await takesNoWrites(client)) throw notNow('a standby');
    return client;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}

async function takesNoWrites(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(READ_ONLY);
  return rows[0].transaction_read_only === 'on';
}

const notNow = (message: string) => Object.assign(new Error(message), { code: '57P03' });

/**
 * The one of several servers that takes writes. All connections of a store go there, are checked before they are used, and
 * end as soon as it is lost: a server that was cut off or asleep may still believe that it is the one.
 */
export class Primary {
  #server: string | undefined;
  #finding: Promise<string> | undefined;
  #watch: pg.Client | undefined;
  #looking: NodeJS.Timeout | undefined;
  readonly #clients = new Set<pg.Client>();

  constructor(private readonly url: string) {}

  /** The connections of a pool. */
  readonly Client: new (options: ClientConfig) => pg.Client = clientsOf(this);

  async server(): Promise<string> {
    if (this.#server) return this.#server;
    this.#finding ??= this.#find().finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  add(client: pg.Client): void {
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
  }

  lost(server: string): void {
    if (this.#server !== server) return;
    this.#server = undefined;
    clearInterval(this.#looking);
    this.#watch?.connection.stream.destroy();
    for (const client of this.#clients) client.connection.stream.destroy();
  }

  close(): void {
    if (this.#server) this.lost(this.#server);
  }

  async #find(): Promise<string> {
    const server = await primaryOf(this.url);
    const watch = await connectedTo(server);
    this.#server = server;
    this.#watch = watch;
    watch.once('end', () => this.lost(server));
    this.#looking = setInterval(() => {
      takesNoWrites(watch).then(
        (standby) => standby && this.lost(server),
        () => this.lost(server),
      );
    }, LOOK_EVERY_MS).unref();
    return server;
  }
}

function clientsOf(primary: Primary) {
  return class extends pg.Client {
    // A pool gives a callback.
    override connect(...[connected]: unknown[]): never {
      const done = connected as (error?: Error) => void;
      const open = async () => {
        this.on('error', () => {});
        const server = await primary.server();
        const { hostname, port } = new URL(server);
        Object.assign(this, { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 5432) });
        primary.add(this);
        await new Promise<void>((resolve, reject) => {
          super.connect((error?: Error) => (error ? reject(error) : resolve()));
        });
        if (!(await takesNoWrites(this))) return;
        primary.lost(server);
        throw notNow('a standby');
      };
      return open().then(
        () => done(),
        (error) => {
          this.connection.stream.destroy();
          done(error);
        },
      ) as never;
    }
  };
}
