import { deepEqual, equal } from 'node:assert/strict';
import { evaluate, get, inOms, kubectl, place } from './cluster.js';
import { allReady } from './system.js';

const GATEWAY = 'deployment/gateway';
const uidOfSecret = async () => (await get('secret', 'secrets', '--namespace=oms')).metadata.uid;

/** What a release installs, in a cluster that has nothing: it makes its own secrets, and takes orders of who has a token. */
export async function installByOneCommand() {
  try {
    await kubectl('apply', `--kustomize=${place('install')}`);
    await allReady();
    const uid = await uidOfSecret();
    const token = await inOms('exec', GATEWAY, '--', 'node', 'dist/cli/token.js', 'ada', 'customer');
    deepEqual(await order(), [401, 'UNAUTHENTICATED']);
    deepEqual(await order(token), [201, 'CONFIRMED']);
    await kubectl('apply', `--kustomize=${place('install')}`);
    await allReady();
    equal(await uidOfSecret(), uid);
  } finally {
    await kubectl('delete', '--ignore-not-found', 'namespace', 'oms');
  }
}

/** The status of the answer, and of the order or why there is none. */
async function order(token) {
  const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const body = JSON.stringify({ items: [{ productId: 'PROD001', quantity: 1 }] });
  const request = JSON.stringify({ method: 'POST', headers, body });
  const script = `
    const answer = await fetch('http://127.0.0.1:8080/orders', ${request});
    const { status, code } = await answer.json();
    console.log(JSON.stringify([answer.status, code ?? status]));`;
  return JSON.parse(await evaluate('oms', GATEWAY, script));
}
