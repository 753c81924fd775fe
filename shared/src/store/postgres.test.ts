import { describeDurable, freshDatabase } from '../../../tests/database.ts';
import { describeStore } from '../../../tests/store-contract.ts';
import { PostgresStore } from './postgres.ts';

describeDurable('with a database', () => {
  describeStore('in PostgreSQL', async (world) => new PostgresStore(await freshDatabase(), world));
});
