import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { patroniOf } from './patroni.ts';
import { shell } from './shell.ts';

export interface Place {
  name: string;
  address: string;
  /** The addresses of all nodes, by name. */
  all: Record<string, string>;
  work: string;
  tools: string;
  /** A witness has a vote and no data. */
  witness: boolean;
  /** Asynchronous replication: to see that the drill notices what is lost. */
  lax: boolean;
}

/** A machine: a network, a disk and processes of its own, which are etcd, Patroni and PostgreSQL. */
export class Node {
  readonly name: string;
  readonly address: string;
  readonly #folder: string;
  #processes: ChildProcess | undefined;

  constructor(private readonly place: Place) {
    this.name = place.name;
    this.address = place.address;
    this.#folder = `${place.work}/${place.name}`;
    const { name, address } = place;
    mkdirSync(this.#folder);
    if (!place.witness) {
      // Each failover leaves at least one segment of 16 MB, and they are kept for long.
      shell(`truncate -s 4G ${this.#folder}.img`);
      shell(`mkfs.ext4 -q -F ${this.#folder}.img`);
      shell(`mount -o loop ${this.#folder}.img ${this.#folder}`);
    }
    chmodSync(this.#folder, 0o777);
    shell(`ip netns add ${name}`);
    shell(`ip link add ${name} type veth peer name eth0 netns ${name}`);
    shell(`ip link set ${name} master hub up`);
    shell(`ip -n ${name} addr add ${address}/24 dev eth0`);
    for (const device of ['lo', 'eth0']) shell(`ip -n ${name} link set ${device} up`);
    const conf = patroniOf(name, address, this.#folder, Object.values(place.all), place.lax);
    if (!place.witness) writeFileSync(`${place.work}/${name}.json`, conf);
  }

  /** As a machine starts, with the disk as it was. */
  start(): void {
    const { name, work, tools, witness } = this.place;
    // PostgreSQL refuses to run as root; Python may lie where only root can read.
    const user = 'setpriv --reuid postgres --regid postgres --clear-groups';
    const reads = '--inh-caps +dac_read_search --ambient-caps +dac_read_search';
    const patroni = `cd ${this.#folder} && exec ${user} ${reads} ${tools}/venv/bin/patroni ${work}/${name}.json`;
    const script = `${this.#etcd()} & ${witness ? '' : `(${patroni}) &`} wait`;
    const log = openSync(`${work}/${name}.log`, 'a');
    const own = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script];
    this.#processes = spawn('ip', ['netns', 'exec', name, ...own], { stdio: ['ignore', log, log] });
  }

  #etcd(): string {
    const { name, address, all } = this.place;
    const peers = Object.entries(all).map(([other, at]) => `${other}=http://${at}:2380`);
    const flags = {
      name,
      'data-dir': `${this.#folder}/etcd`,
      'listen-client-urls': `http://${address}:2379`,
      'advertise-client-urls': `http://${address}:2379`,
      'listen-peer-urls': `http://${address}:2380`,
      'initial-advertise-peer-urls': `http://${address}:2380`,
      'initial-cluster': peers.join(),
      'heartbeat-interval': 200,
      'election-timeout': 2_000,
    };
    return `etcd ${Object.entries(flags)
      .map(([flag, value]) => `--${flag} ${value}`)
      .join(' ')}`;
  }

  /** Everything on it ends at once. What hangs in a frozen disk is gone when that thaws. */
  kill(): void {
    this.#processes?.kill('SIGKILL');
  }

  async ended(): Promise<void> {
    const processes = this.#processes;
    if (processes && processes.exitCode === null && processes.signalCode === null) await once(processes, 'exit');
  }

  /** Twice, for what was started meanwhile. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const _ of [1, 2]) {
      for (const pid of below(this.#processes?.pid as number)) {
        try {
          process.kill(pid, signal);
        } catch {}
      }
    }
  }

  link(state: 'up' | 'down'): void {
    shell(`ip link set ${this.name} ${state}`);
  }

  /** Its answers reach none of the other nodes; the services still reach it. */
  isolate(change: 'add' | 'del'): void {
    for (const address of Object.values(this.place.all)) {
      if (address !== this.address) shell(`ip -n ${this.name} route ${change} blackhole ${address}/32`);
    }
  }

  freezeDisk(): void {
    shell(`fsfreeze -f ${this.#folder}`);
  }

  thawDisk(): void {
    shell(`fsfreeze -u ${this.#folder}`);
  }

  /** Leaves nothing that hangs. */
  vanish(): void {
    this.kill();
    if (this.place.witness) return;
    for (const command of [`fsfreeze -u ${this.#folder}`, `umount -l ${this.#folder}`]) {
      try {
        shell(command);
      } catch {}
    }
  }

  /** What its Patroni says; undefined: nothing. */
  async says(path: string): Promise<{ status: number; body: string } | undefined> {
    try {
      const answer = await fetch(`http://${this.address}:8008${path}`, { signal: AbortSignal.timeout(1_000) });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return undefined;
    }
  }
}

/** A process and all that descend from it. */
function below(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return [...children.flatMap(below), ...children];
  } catch {
    return [];
  }
}
