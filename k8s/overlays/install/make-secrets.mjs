import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Makes the Secret of a new system, of passwords that nobody knows: `node make-secrets.mjs API ACCOUNT`, the address of the Kubernetes API
 * and the folder with what proves who asks. It may create Secrets, but neither read nor change any: a Secret that is there stays.
 */
const [api, account] = process.argv.slice(2);
const read = (file) => readFileSync(`${account}/${file}`, 'utf8');
const password = () => randomBytes(24).toString('hex');

const postgres = password();
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'secrets', labels: { 'app.kubernetes.io/part-of': 'oms' } },
  stringData: {
    POSTGRES_PASSWORD: postgres,
    DATABASE_URL: `postgres://postgres:${postgres}@postgres:5432`,
    REDIS_URL: 'redis://redis:6379',
    INTERNAL_TOKEN: password(),
    JWT_SECRET: password(),
  },
};

const answer = await fetch(`${api}/api/v1/namespaces/${read('namespace')}/secrets`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${read('token')}`, 'Content-Type': 'application/json' },
  body: JSON.stringify(secret),
  signal: AbortSignal.timeout(10_000),
});
const { reason, message } = await answer.json();
if (answer.status === 201) console.log('The Secret is made.');
else if (answer.status === 409 && reason === 'AlreadyExists') console.log('The Secret is there, and stays as it is.');
else throw new Error(`The Secret cannot be made: ${answer.status} ${message}`);
