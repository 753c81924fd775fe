import { Complaint } from './complaint.js';
import { completeBinaries, MACHINE } from './postgres-binaries.js';

/** What is allowed for when nobody is there to say. */
const STOP_LIMIT_MS = 5_000;

let server;
const stop = async (withinMs) => {
  await server?.stop(withinMs);
  process.exit(0);
};
process.on('message', ({ stopWithinMs }) => stop(stopWithinMs));
// Whoever asked for it is gone.
process.on('disconnect', () => stop(STOP_LIMIT_MS));
process.on('uncaughtException', fail);

function fail(error) {
  const trouble = error instanceof Complaint ? error.message : `PostgreSQL cannot be started: ${error.message}.`;
  process.send?.({ trouble }, () => process.exit(1));
}

try {
  if (!(await completeBinaries())) {
    throw new Complaint(`No PostgreSQL comes with the packages for ${MACHINE}: start one, and give its DATABASE_URL.`);
  }
  // Not before: without binaries the package cannot even be loaded.
  const { PostgresServer } = await import('./postgres-server.js');
  server = new PostgresServer();
  process.send?.({ url: await server.start(() => process.exit(1)) });
} catch (error) {
  fail(error);
}
