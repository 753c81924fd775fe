import type { QueryConfig, QueryResult } from 'pg';
import type { Bookmarks } from './store.ts';

export class PostgresBookmarks implements Bookmarks {
  readonly last = true;

  constructor(private readonly query: (query: QueryConfig) => Promise<QueryResult>) {}

  async take(name: string, holder: string, nowMs: number, untilMs: number): Promise<string | undefined> {
    const { rows } = await this.query({ name: 'take', text: TAKE, values: [name, holder, nowMs, untilMs] });
    return rows[0]?.place;
  }

  async move(name: string, holder: string, place: string, untilMs: number): Promise<boolean> {
    const { rowCount } = await this.query({ name: 'move', text: MOVE, values: [name, holder, place, untilMs] });
    return rowCount === 1;
  }

  async look(name: string): Promise<string> {
    const text = 'SELECT place FROM bookmarks WHERE name = $1';
    const { rows } = await this.query({ name: 'look', text, values: [name] });
    return rows[0]?.place ?? '';
  }
}

const TAKE = `
INSERT INTO bookmarks (name, holder, place, held_until) VALUES ($1, $2, '', $4)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE bookmarks.holder = excluded.holder OR bookmarks.held_until <= $3
RETURNING place`;

const MOVE = 'UPDATE bookmarks SET place = $3, held_until = $4 WHERE name = $1 AND holder = $2';
