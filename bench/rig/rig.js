import { join } from 'node:path';
import { startTarget } from './contenders.js';
import { Load } from './load.js';
import { Postgres } from './postgres.js';

/** What all measurements share: a load generator, trivial participants and a PostgreSQL, each a process of its own. */
export class Rig {
  warmUpMs = 15_000;
  warmUpOrders = 5_000;

  constructor(options) {
    Object.assign(this, options);
    this.logFile = join(options.folder, 'services.log');
  }

  async start() {
    this.participants = await startTarget('participants');
    this.participantsUrl = `http://127.0.0.1:${this.participants.port}`;
    this.load = await Load.start();
    this.postgres = await Postgres.start();
  }

  say(line) {
    process.stderr.write(`${line}\n`);
  }

  async stop() {
    await this.load?.stop();
    await this.participants?.stop();
    await this.postgres?.stop();
  }
}
