import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

/** Runs the script behind `npm start`, which fails at a port that is taken. */
async function start(args: string[], env: Record<string, string> = {}) {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const base = { PATH: process.env.PATH, INVENTORY_SERVICE_URL: `http://127.0.0.1:${port}` };
  const ended = await new Promise<{ code: number; output: string }>((resolve) => {
    const options = { env: { ...base, ...env } };
    execFile(process.execPath, [join(PROJECT, 'scripts/start.js'), ...args], options, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), output: out + err }),
    );
  });
  taken.close();
  return ended;
}

describe('npm start -- --help', () => {
  it.each([['--help'], ['-h'], ['inventory', '--help']])(
    'tells options and services, and starts nothing: %s',
    async (...args) => {
      const { code, output } = await start(args);
      expect(code).toBe(0);
      for (const word of ['--durable', '--watch', '--chaos', '--help', 'notification', '.env.example']) {
        expect(output).toContain(word);
      }
    },
  );
});

describe('an option that npm takes for its own', () => {
  it.each([
    ['start', 'npm start'],
    ['dev', 'npm run dev'],
    ['start:order', 'npm run start:order'],
  ])('is refused with the right command: npm_lifecycle_event=%s', async (npm_lifecycle_event, command) => {
    const env = { npm_lifecycle_event, npm_config_durable: 'true', npm_config_chaos: 'true' };
    expect(await start(['inventory'], env)).toEqual({
      code: 1,
      output: `npm keeps --durable, --chaos for itself. What you mean is: ${command} -- --durable --chaos\n`,
    });
  });

  it('is ignored when it was given to another npm script', async () => {
    const { output } = await start(['inventory'], { npm_lifecycle_event: 'test', npm_config_watch: 'true' });
    expect(output).toMatch(/^Port \d+, which inventory needs, is taken/);
  });
});

describe('PORT', () => {
  const taken = async (args: string[]) => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { output } = await start(args, { PORT: String(port) });
    other.close();
    return { port, output };
  };

  it('is where a service listens that is started alone', async () => {
    const { port, output } = await taken(['payment']);
    expect(output).toBe(
      `Port ${port}, which payment needs, is taken. Stop what listens there, or choose another with PORT=${port + 10_000}\n`,
    );
  });

  it('is not for several', async () => {
    const { port, output } = await taken(['inventory', 'payment']);
    expect(output).not.toContain(String(port));
    expect(output).toMatch(/^Port \d+, which inventory needs, is taken\..* INVENTORY_SERVICE_URL=/);
  });

  it.each(['0', '65536', 'x'])('cannot be %s', async (PORT) => {
    expect(await start(['inventory'], { PORT })).toEqual({
      code: 1,
      output: `PORT must be a port from 1 to 65535, not "${PORT}".\n`,
    });
  });
});

describe('an environment variable that looks like a typo of a known one', () => {
  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['KAFKA_BROKER', 'KAFKA_BROKERS'],
    ['INTERNALTOKEN', 'INTERNAL_TOKEN'],
    ['PRODUCT_SERVICE_URI', 'PRODUCT_SERVICE_URL'],
    ['database_url', 'DATABASE_URL'],
  ])('is reported with the right name: %s', async (name, meant) => {
    const { output } = await start(['inventory'], { [name]: 'a secret' });
    expect(output).toMatch(new RegExp(`^${name} is set, and nobody reads it\\. Is ${meant} meant\\?\nPort `));
    expect(output).not.toContain('a secret');
  });

  const ORDINARY = `
    PATH HOME HOSTNAME USER SHELL LANG TERM PWD TMPDIR EDITOR DISPLAY LOGNAME CI NO_COLOR FORCE_COLOR DEBUG PORTS POST HOSTS
    NODE_ENV NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS npm_config_registry npm_config_host npm_package_name npm_node_execpath
    OTEL_SERVICE_NAME OTEL_EXPORTER_OTLP_HEADERS OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_LOG_LEVEL
    OTEL_EXPORTER_OTLP_TIMEOUT OTEL_TRACES_SAMPLER HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy no_proxy JAVA_HOME KAFKA_HOME
    KAFKA_JARS ZIPKIN_JAR PGHOST PGPASSWORD POSTGRES_PASSWORD POSTGRES_URL DATABASE_HOST DATABASE_NAME DATABASE_URL_TEST
    REDIS_HOST REDIS_PASSWORD SMTP_HOST SMTP_PORT SMTP_USER LOG_FILE LOG_FORMAT MAIL_USER GATEWAY_ADDRESS GRAFANA_PASSWORD
    GITHUB_TOKEN GITHUB_SERVER_URL GITHUB_API_URL RUNNER_TEMP ACTIONS_RUNTIME_URL CHROMIUM SCREENSHOTS CONTAINER_ENGINE
    KUBERNETES_SERVICE_HOST SERVICE_URL BASE_URL API_URL HTTP_URL JWT_TOKEN SESSION_SECRET`;

  it('is not reported for ordinary variables', async () => {
    const env = Object.fromEntries(
      ORDINARY.trim()
        .split(/\s+/)
        .map((name) => [name, '1']),
    );
    const { output } = await start(['inventory'], { ...process.env, ...env, PATH: process.env.PATH } as never);
    expect(output).not.toContain('nobody reads it');
  });
});
