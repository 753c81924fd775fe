import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';
import { canRunKafka } from '@oms/shared/events/kafka';
import { freePort } from '../support/free-port.ts';

const START_LIMIT_MS = 60_000;
const READ_LIMIT_MS = 60_000;
const JARS = process.env.KAFKA_JARS;
const able = canRunKafka(process.version);

/** In CI they fail without Kafka; on a Node that is too old for its client they are always skipped. */
export const describeKafka: typeof describe | typeof describe.skip =
  able && (JARS || process.env.CI) ? describe : describe.skip;

/** A broker of our own, alone in its cluster. */
export interface KafkaServer {
  broker: string;
  /** Ends it without warning; its data stays. */
  kill(): Promise<void>;
  /** Restarts it on the same port with the same data. */
  start(): Promise<void>;
  /** Keeps its connections, but answers nothing until it wakes. */
  sleep(): void;
  wake(): void;
  stop(): Promise<void>;
}

export async function startKafka(): Promise<KafkaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kafka-'));
  const settings = join(folder, 'server.properties');
  const port = await freePort();
  await writeFile(settings, settingsOf(folder, port, await freePort()));
  await java('kafka.tools.StorageTool', 'format', '-t', 'b3JkZXItbWFuYWdlbWVudA', '-c', settings);
  let running: ChildProcess | undefined;

  const start = async () => {
    const log = join(folder, 'server.log');
    running = spawn('java', ['-Xmx384m', ...JAVA, 'kafka.Kafka', settings], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = createWriteStream(log, { flags: 'a' });
    running.stdout?.pipe(output, { end: false });
    running.stderr?.pipe(output, { end: false });
    await listens(port, running, log);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    running.kill(signal);
    await once(running, 'exit');
  };
  // However the tests end, no broker is left running.
  process.once('exit', () => running?.kill('SIGKILL'));
  await start();
  return {
    broker: `127.0.0.1:${port}`,
    start,
    kill: () => end('SIGKILL'),
    sleep: () => void running?.kill('SIGSTOP'),
    wake: () => void running?.kill('SIGCONT'),
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** All messages of a topic, as Kafka's own consumer prints them. */
export async function consoleConsumer(broker: string, topic: string): Promise<Printed[]> {
  const on = ['--bootstrap-server', broker, '--topic', topic];
  const count = (await endsOf(broker, topic)).reduce((sum, end) => sum + end, 0);
  const shown = ['partition', 'headers', 'key'].flatMap((what) => ['--formatter-property', `print.${what}=true`]);
  const until = ['--from-beginning', '--max-messages', `${count}`, '--timeout-ms', `${READ_LIMIT_MS}`];
  const { stdout } = await java('org.apache.kafka.tools.consumer.ConsoleConsumer', ...on, ...until, ...shown);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('Partition:'))
    .map(printed);
}

export const partitionsOf = async (broker: string, topic: string) => (await endsOf(broker, topic)).length;

/** How many messages each partition of a topic has. */
async function endsOf(broker: string, topic: string): Promise<number[]> {
  const { stdout } = await java(
    'org.apache.kafka.tools.GetOffsetShell',
    '--bootstrap-server',
    broker,
    '--topic',
    topic,
  );
  const lines = stdout.trim().split('\n');
  return lines.map((line) => Number(line.split(':').at(-1)));
}

/** Sends messages with Kafka's own producer; each is a line of headers, key and value, separated by tabs. */
export async function consoleProducer(broker: string, topic: string, lines: readonly string[]): Promise<void> {
  const args = ['--bootstrap-server', broker, '--topic', topic];
  const settings = ['parse.headers=true', 'parse.key=true', 'null.marker=NULL'];
  const reader = settings.flatMap((setting) => ['--reader-property', setting]);
  const producer = java('org.apache.kafka.tools.ConsoleProducer', ...args, ...reader);
  producer.child.stdin?.end(lines.join('\n'));
  await producer;
}

export interface Printed {
  partition: number;
  headers: Record<string, string>;
  key: string;
  value: string;
}

function printed(line: string): Printed {
  const [partition = '', headers = '', key = '', value = ''] = line.split('\t');
  const pairs = headers.split(/,(?=[a-z_-]+:)/).map((one) => {
    const colon = one.indexOf(':');
    return [one.slice(0, colon), one.slice(colon + 1)];
  });
  return { partition: Number(partition.slice('Partition:'.length)), headers: Object.fromEntries(pairs), key, value };
}

const JAVA = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', `${JARS}/*`];
const run = promisify(execFile);
const java = (...args: string[]) => run('java', [...JAVA, ...args], { maxBuffer: 256 * 1024 * 1024 });

/** Without automatic creation of topics, so that tests notice who creates them. */
const settingsOf = (folder: string, port: number, controllerPort: number) => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`;

async function listens(port: number, server: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await isOpen(port))) {
    if (server.exitCode !== null || performance.now() > deadline)
      throw new Error(`Kafka does not start:\n${await readFile(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
