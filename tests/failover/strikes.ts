import { setTimeout as pause } from 'node:timers/promises';
import type { Node } from './node.ts';

export interface Strike {
  kind: string;
  strike(primary: Node): Promise<void> | void;
  /** After another has taken over. */
  heal(struck: Node): Promise<void> | void;
}

/** Patroni does not see that a disk hangs: reading still works. What writes to the disk and ends the node if that takes so long does. */
const DISK_WATCH_MS = 5_000;

export const STRIKES: readonly Strike[] = [
  {
    kind: 'killed',
    strike: (node) => node.kill(),
    heal: async (node) => {
      await node.ended();
      node.start();
    },
  },
  { kind: 'cut off', strike: (node) => node.link('down'), heal: (node) => node.link('up') },
  { kind: 'cut off from its peers', strike: (node) => node.isolate('add'), heal: (node) => node.isolate('del') },
  { kind: 'asleep', strike: (node) => node.signal('SIGSTOP'), heal: (node) => node.signal('SIGCONT') },
  {
    kind: 'disk frozen',
    strike: async (node) => {
      node.freezeDisk();
      await pause(DISK_WATCH_MS);
      node.kill();
    },
    heal: async (node) => {
      node.thawDisk();
      await node.ended();
      node.start();
    },
  },
];
