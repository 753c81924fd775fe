import { write, writeSync } from 'node:fs';

const STDOUT = 1;
/** Lines within this time are written together. */
const GATHER_MS = 10;
/** When so many characters wait because nobody reads them, logging waits, too. */
const MOST_WAITING = 1_000_000;

let waiting = '';
let writing = false;
let gathering = false;

/** Node would write each line by itself, and block everything else meanwhile. */
export function writeText(text: string): void {
  waiting += text;
  if (waiting.length > MOST_WAITING) flush();
  else if (!writing) gather();
}

function gather(): void {
  if (gathering) return;
  gathering = true;
  setTimeout(writeOn, GATHER_MS).unref();
}

function writeOn(): void {
  gathering = false;
  const bytes = Buffer.from(waiting);
  waiting = '';
  writing = true;
  writeRest(bytes);
}

function writeRest(bytes: Buffer): void {
  write(STDOUT, bytes, (error, written) => {
    if (error?.code === 'EAGAIN') return void setTimeout(writeRest, GATHER_MS, bytes);
    // The reader is gone.
    if (error) process.removeListener('exit', flush);
    else if (written < bytes.length) return writeRest(bytes.subarray(written));
    writing = false;
    if (waiting !== '') gather();
  });
}

function flush(): void {
  const bytes = Buffer.from(waiting);
  waiting = '';
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(STDOUT, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}

process.on('exit', flush);
