import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseIn } from '@oms/shared/store/database-url';
import { databaseOf } from '@oms/shared/store/migrate';
import { PostgresStore } from '@oms/shared/store/postgres';
import type { Doc } from '@oms/shared/store/store';
import pg from 'pg';
import { balanced, confirmed } from '../e2e/orders.ts';
import { type Name, type System, startSystem } from '../e2e/system.ts';
import { describeDurable } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';

const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

interface Ended {
  code: number;
  output: string;
}

/** Runs the script behind `npm run <name>`; on errors it prints a short message only. */
async function run(name: string, args: string[], env: Record<string, string>): Promise<Ended> {
  const [, ...script] = (scripts[name] as string).split(' ');
  const options = { cwd: PROJECT, env: { ...process.env, DATABASE_URL: '', ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [...script, ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

let DATABASE_URL: string;
beforeEach(() => {
  DATABASE_URL = `${process.env.DATABASE_URL_TEST}/ops_${randomUUID().replaceAll('-', '')}`;
});

/** Changes an order in the database, past all rules, as a bug would. */
async function tamper(id: string): Promise<void> {
  const store = new PostgresStore<{ order: object }>(databaseOf(DATABASE_URL, 'order'));
  await store.write([id], undefined, (docs) => {
    const { data } = docs.get(id) as Doc<{ order: object }>;
    return { put: [{ id, data: { ...data, order: { ...data.order, totalCents: 1 } } }] };
  });
  await store.close();
}

const KEEPING_DATA: Name[] = ['inventory', 'notification', 'order', 'payment', 'product', 'shipping'];

describeDurable('npm run migrate', () => {
  it('creates the databases of all services once, and lists the migrations that it applied', async () => {
    const first = await run('migrate', [], { DATABASE_URL });
    expect(first.code).toBe(0);
    for (const service of KEEPING_DATA) {
      expect(first.output).toMatch(
        new RegExp(`^${service}: applied .*001-store\\.sql, .*001-lists\\.sql(, .*)?$`, 'm'),
      );
    }
    const again = await run('migrate', [], { DATABASE_URL });
    expect(again).toEqual({ code: 0, output: KEEPING_DATA.map((service) => `${service}: up to date\n`).join('') });
  });

  it('creates everything that services with MIGRATE=manual wait for', async () => {
    const starting = startSystem({ DATABASE_URL, MIGRATE: 'manual' });
    await run('migrate', ['--wait'], { DATABASE_URL });
    const system = await starting;
    await confirmed(system);
    await system.stop();
  });
});

describeDurable('npm run migrate, where each service has a role that is named as its database', () => {
  const withRole = (role: string, url = DATABASE_URL): string => {
    const { password } = new URL(DATABASE_URL);
    return Object.assign(new URL(url), { username: `${databaseIn(DATABASE_URL)}_${role}`, password }).href;
  };
  const inSql = async (url: string, sql: string): Promise<string> => {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.query(sql);
      return 'done';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.end();
    }
  };

  beforeEach(async () => {
    const roles = ['owner', ...KEEPING_DATA].map((role) => {
      const { username, password } = new URL(withRole(role));
      return `CREATE ROLE ${username} LOGIN ${role === 'owner' ? 'CREATEDB' : ''} PASSWORD '${password}'`;
    });
    expect(await inSql(process.env.DATABASE_URL_TEST as string, roles.join(';'))).toBe('done');
  });

  it('lets every service into its own database, where it can do its work', async () => {
    const starting = startSystem({ MIGRATE: 'manual' }, KEEPING_DATA, (name) => ({ DATABASE_URL: withRole(name) }));
    expect(await run('migrate', ['--wait'], { DATABASE_URL: withRole('owner') })).toMatchObject({ code: 0 });
    const system = await starting;
    const id = await confirmed(system);
    await system.order.delete(`/orders/${id}`);
    expect(await balanced(system)).toMatchObject({ balanced: true, checkedOrders: 1 });
    await system.stop();
    expect(await run('rebuild', ['--check'], { DATABASE_URL: withRole('order') })).toMatchObject({ code: 0 });
  });

  it('lets it change neither what has happened nor its tables, and into no other database', async () => {
    await run('migrate', [], { DATABASE_URL: withRole('owner') });
    const own = withRole('order', databaseOf(DATABASE_URL, 'order'));
    const others = withRole('order', databaseOf(DATABASE_URL, 'payment'));
    expect(await inSql(own, 'UPDATE docs SET data = data')).toBe('done');
    expect(await inSql(own, 'UPDATE events SET data = data')).toBe('permission denied for table events');
    expect(await inSql(own, 'DELETE FROM events')).toBe('permission denied for table events');
    expect(await inSql(own, 'DROP TABLE docs')).toBe('must be owner of table docs');
    expect(await inSql(own, 'CREATE TABLE mine ()')).toMatch('permission denied');
    expect(await inSql(own, 'DELETE FROM migrations')).toBe('permission denied for table migrations');
    expect(await inSql(others, 'SELECT 1')).toMatch('permission denied for database');
  });
});

describe('npm run migrate says in one line', () => {
  it('that DATABASE_URL is missing', async () => {
    const { code, output } = await run('migrate', [], {});
    expect(code).toBe(1);
    expect(output).toBe('DATABASE_URL is not set: it names the PostgreSQL server to migrate.\n');
  });

  it('that the server cannot be reached', async () => {
    const port = await freePort();
    const { code, output } = await run('migrate', [], { DATABASE_URL: `postgres://me:secret@127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(output).toBe(`inventory: connect ECONNREFUSED 127.0.0.1:${port}\n`);
  });
});

describeDurable('with placed orders', () => {
  let system: System;
  let id: string;
  beforeEach(async () => {
    if (!process.env.DATABASE_URL_TEST) return;
    system = await startSystem({ DATABASE_URL });
    id = await confirmed(system);
    await confirmed(system);
  });
  afterEach(() => system?.stop());

  it('npm run rebuild finds an order that differs from its events, and repairs it', async () => {
    const check = () => run('rebuild', ['--check'], { DATABASE_URL });
    expect(await check()).toEqual({ code: 0, output: '2 orders, 0 differ\n' });
    await tamper(id);
    expect(await check()).toEqual({ code: 1, output: `${id} differs from its events\n2 orders, 1 differ\n` });
    expect(await run('rebuild', [], { DATABASE_URL })).toEqual({
      code: 0,
      output: `${id} rebuilt\n2 orders, 1 differ\n`,
    });
    expect(await check()).toEqual({ code: 0, output: '2 orders, 0 differ\n' });
    expect((await system.order.get(`/orders/${id}`)).body.total).toBe(29.99);
  });

  it('npm run audit tells whether the records agree, and names each difference', async () => {
    const audit = () => run('audit', [], { ORDER_SERVICE_URL: system.order.url });
    expect(await audit()).toEqual({ code: 0, output: 'The books balance: 2 orders, 0 of them in flight\n' });
    await system.payment.post('/payments/refund', { orderId: id });
    const { code, output } = await audit();
    expect(code).toBe(1);
    expect(output).toBe(
      `PAYMENT_MISMATCH ${id}: the order is CONFIRMED, but its payment is VOIDED\n` +
        'The books do not balance: 1 found in 2 orders, 0 of them in flight\n',
    );
    expect((await system.order.get('/metrics')).text).toMatch(/^audit_discrepancies{kind="PAYMENT_MISMATCH".*} 1$/m);
  });

  it('npm run audit fails with one line when the order service, or one that it calls, is down', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { code, output } = await run('audit', [], { ORDER_SERVICE_URL: nobody });
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`^${nobody}/audit cannot be reached: connect ECONNREFUSED .*\n$`));

    await system.kill('payment');
    const audit = await run('audit', [], { ORDER_SERVICE_URL: system.order.url });
    expect(audit.code).toBe(1);
    expect(audit.output).toMatch(/\/audit answers 503: The books cannot be compared now: .*\n$/);
  });
});

describe('npm run rebuild says in one line', () => {
  it('that DATABASE_URL is missing', async () => {
    const { code, output } = await run('rebuild', ['--check'], {});
    expect(code).toBe(1);
    expect(output).toBe('DATABASE_URL is not set: it names the server that has the orders.\n');
  });

  it('that the option is unknown', async () => {
    const { code, output } = await run('rebuild', ['--chek'], { DATABASE_URL });
    expect(code).toBe(1);
    expect(output).toMatch(/^Unknown option '--chek'.*\n$/);
  });
});
