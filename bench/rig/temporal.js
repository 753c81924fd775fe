import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './child.js';
import { startTarget } from './contenders.js';
import { cpuMsOf } from './usage.js';

const VERSION = '1.32.0';
const PROGRAMS = fileURLToPath(new URL(`../.built/temporal-${VERSION}`, import.meta.url));
const [SERVER, SQL_TOOL] = ['server', 'sql'].map((name) => join(PROGRAMS, name));

/** Its tables cannot hold ports as large as those that Linux gives out, so it has its usual ones at an address of its own. */
const HOST = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
const PORT = 7233;

/** Temporal on the same PostgreSQL, with local activities, its fastest way; none where Go cannot build its server. */
export async function temporal(rig) {
  try {
    await build(rig);
  } catch (error) {
    rig.say(`Temporal is left out: ${error.message}`);
    return [];
  }
  return [contender];
}

async function build(rig) {
  if ([SERVER, SQL_TOOL].every(existsSync)) return;
  rig.say('Building the server of Temporal; this is needed once, and takes some minutes.');
  const sources = ['server', 'tools/sql'].map((path) => `go.temporal.io/server/cmd/${path}@v${VERSION}`);
  await run(rig, 'go', ['install', ...sources], {
    ...process.env,
    GOBIN: PROGRAMS,
  });
}

const contender = {
  name: 'Temporal',
  async start(rig) {
    await createDatabase(rig, 'temporal', 'temporal');
    await createDatabase(rig, 'temporal_visibility', 'visibility');
    const server = await startProgram(SERVER, ['--allow-no-auth', 'start'], {
      env: settings(rig.postgres),
      logTo: rig.logFile,
      isReady,
    });
    const worker = await startTarget('temporal', {
      PARTICIPANTS_URL: rig.participantsUrl,
      TEMPORAL_ADDRESS: `${HOST}:${PORT}`,
    });
    return {
      port: worker.port,
      usesPostgres: true,
      cpuMs: () => cpuMsOf(server.pid) + cpuMsOf(worker.pid),
      async stop() {
        await worker.stop();
        await server.stop();
      },
    };
  },
};

function settings({ url }) {
  const { hostname, port, username, password } = new URL(url);
  return {
    // Of its two drivers, the one that needs fewer commits.
    DB: 'postgres12_pgx',
    POSTGRES_SEEDS: hostname,
    DB_PORT: port,
    POSTGRES_USER: username,
    POSTGRES_PWD: password,
    NUM_HISTORY_SHARDS: '4',
    BIND_ON_IP: HOST,
    TEMPORAL_BROADCAST_ADDRESS: HOST,
    TEMPORAL_VERSION_CHECK_DISABLED: '1',
    DYNAMIC_CONFIG_FILE_PATH: '/dev/null',
    LOG_LEVEL: 'error',
  };
}

async function createDatabase(rig, name, schema) {
  await rig.postgres.empty(name);
  const { hostname, port, username, password } = new URL(rig.postgres.url);
  const at = ['--plugin', 'postgres12', '--ep', hostname, '-p', port, '-u', username, '--pw', password, '--db', name];
  await run(rig, SQL_TOOL, [...at, 'setup-schema', '--version', '0.0']);
  await run(rig, SQL_TOOL, [...at, 'update-schema', '--schema-name', `postgresql/v12/${schema}`]);
}

async function run(rig, command, args, env) {
  const logTo = join(rig.folder, 'temporal.log');
  const { ended } = await startProgram(command, args, { env, logTo, isReady: async () => true });
  const how = await ended;
  if (how === 'code 0') return;
  const said = (await readFile(logTo, 'utf8')).trim().split('\n').at(-1);
  throw new Error([how, said].filter(Boolean).join(', '));
}

async function isReady() {
  const socket = connect(PORT, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
