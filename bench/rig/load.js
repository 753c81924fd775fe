import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startModule } from './child.js';

const PATIENCE_MS = 45_000;
const NO_END = { error: 'requests are not answered' };

/** Keeps so many connections busy for a time, and says what was answered, how often and how soon. */
export class Load {
  static async start() {
    return new Load(await startModule(fileURLToPath(new URL('load-process.js', import.meta.url))));
  }

  constructor(process) {
    this.process = process;
  }

  /** `expected`: the only statuses that count as an answer. */
  async run({ expected = ['201'], ...load }) {
    this.process.child.send(load);
    const patience = AbortSignal.timeout((load.ms ?? 0) + PATIENCE_MS);
    const [result] = await once(this.process.child, 'message', { signal: patience }).catch(() => [NO_END]);
    if (result.error) throw new Error(`the load broke off: ${result.error}`);
    const others = Object.keys(result.statuses).filter((status) => !expected.includes(status));
    if (others.length > 0 || result.answers === 0)
      throw new Error(`answered ${JSON.stringify(result.statuses)}; the first: ${result.sample.slice(0, 600)}`);
    return result;
  }

  stop() {
    return this.process.kill();
  }
}
