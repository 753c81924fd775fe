import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { canRunKafka } from '@oms/shared/events/kafka';
import { PROJECT } from '../support/project.ts';

(canRunKafka(process.version) ? describe.skip : describe)('on a Node that is too old for Kafka’s client', () => {
  it.each(['order', 'notification'])(
    'the %s service does not start with KAFKA_BROKERS, and says why in one line',
    async (name) => {
      const service = spawn(process.execPath, [`services/${name}/dist/main.js`], {
        cwd: PROJECT,
        env: { PATH: process.env.PATH, PORT: '0', KAFKA_BROKERS: '127.0.0.1:9092' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let complaint = '';
      service.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      const [code] = await once(service, 'close');
      expect(complaint).toBe(`${name}: KAFKA_BROKERS needs Node 22.22 or newer; this is ${process.version}\n`);
      expect(code).toBe(1);
    },
  );
});
