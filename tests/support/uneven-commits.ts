import pg from 'pg';

/** Makes some commits of a database slower, so that positions of the feed are not always committed in order. */
export async function unevenCommits(
  url: string,
  { share = 1, mostMs }: { share?: number; mostMs: number },
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF random() < ${share} THEN PERFORM pg_sleep(random() * ${mostMs} / 1000); END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER dawdling AFTER INSERT ON events
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()`);
  } finally {
    await client.end();
  }
}
