import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { describeStore } from '../../test/store-contract.ts';
import { PostgresStore } from './postgres.ts';

describeDurable('with a database', () => {
  describeStore('in PostgreSQL', async () => {
    const url = await freshDatabase();
    const later = async (ms: number) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('UPDATE requests SET expires_at = expires_at - $1', [ms]).finally(() => client.end());
    };
    return { store: new PostgresStore(url), later };
  });
});
