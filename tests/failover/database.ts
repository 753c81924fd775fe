import { mkdirSync } from 'node:fs';
import { Node } from './node.ts';
import { databaseUrl } from './patroni.ts';
import { shell, waitFor } from './shell.ts';

const HUB = '10.77.0.1';
const ADDRESSES = { one: '10.77.0.11', two: '10.77.0.12', witness: '10.77.0.13' };

/** Two machines with a database, and a third that votes. */
export class Database {
  readonly nodes: readonly Node[];
  readonly url = databaseUrl([ADDRESSES.one, ADDRESSES.two]);
  readonly #all: readonly Node[];

  constructor(
    work: string,
    tools: string,
    private readonly lax: boolean,
  ) {
    mkdirSync('/run/netns', { recursive: true });
    shell('mount -t tmpfs none /run/netns');
    shell('ip link set lo up');
    shell('ip link add hub type bridge');
    shell(`ip addr add ${HUB}/24 dev hub`);
    shell('ip link set hub up');
    this.#all = Object.entries(ADDRESSES).map(
      ([name, address]) => new Node({ name, address, all: ADDRESSES, work, tools, lax, witness: name === 'witness' }),
    );
    this.nodes = this.#all.filter(({ name }) => name !== 'witness');
  }

  async start(): Promise<void> {
    for (const node of this.#all) node.start();
    await this.whole();
  }

  /** The node that may be written to, by its own account. */
  async primary(): Promise<Node | undefined> {
    for (const node of this.nodes) if ((await node.says('/primary'))?.status === 200) return node;
    return undefined;
  }

  /** One leads, the other follows it synchronously. */
  async whole(): Promise<void> {
    await waitFor('the database is whole', 120, async () => {
      const said = await (await this.primary())?.says('/cluster');
      const { members = [] } = JSON.parse(said?.body ?? '{}') as { members?: { role: string; state: string }[] };
      return members.some(
        ({ role, state }) =>
          /standby|replica/.test(role) && state === 'streaming' && (this.lax || role === 'sync_standby'),
      );
    });
  }

  stop(): void {
    for (const node of this.#all) node.vanish();
  }
}
