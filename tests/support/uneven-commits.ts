import pg from 'pg';

/** Some commits of a database take longer than others, so that whoever took a position of its feed first is not always there first. */
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
