import type { Promised } from './rows.ts';

/** Mutations that concern the copies of orders in Redis. */
export const OF_COPIES: readonly Promised[] = [
  {
    name: 'the copy of an order is dropped before a change is committed',
    file: 'shared/src/store/postgres-writer.ts',
    from: 'if (this.beforeChanges) await this.beforeChanges(batch.changed);',
    to: '',
  },
  {
    name: 'an older version never takes the place of a newer one',
    file: 'services/order/src/book/copy-scripts.ts',
    from: 'if version_of(KEYS[1]) > tonumber(version) then return 0 end',
    to: '',
  },
  {
    name: 'a copy is never older than 5 s, even if one replica alone has lost Redis',
    file: 'services/order/src/book/copy-scripts.ts',
    from: 'if now - asked > tonumber(most) then return 0 end',
    to: '',
  },
  {
    name: 'a replica that had lost Redis believes no copies of before',
    file: 'services/order/src/book/order-copies.ts',
    from: 'onBack: () => this.#doubt(),',
    to: '',
  },
  {
    name: 'two replicas show what was written through either, whatever happens to Redis',
    file: 'services/order/src/book/open-copies.ts',
    from: 'parts.store.beforeChanges((versions) => copies.fence(versions));',
    to: '',
    machines: ['crash'],
    needs: 'build',
  },
  {
    name: 'a copy decides nothing',
    file: 'services/order/src/api/commands.ts',
    from: 'const order = (await book.read(id))?.order;',
    to: 'const order = await book.look(id, true);',
  },
];
