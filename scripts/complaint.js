/** Something the person who ran the command can put right. Said in one line, without a stack trace. */
export class Complaint extends Error {
  name = 'Complaint';
}

/** Runs a command of the project; a complaint ends it with exit code 1. */
export async function runCommand(command) {
  try {
    await command();
  } catch (error) {
    process.exitCode = error.exitCode ?? 1;
    if (error.name !== 'Interrupted') console.error(error instanceof Complaint ? error.message : error);
  }
}
