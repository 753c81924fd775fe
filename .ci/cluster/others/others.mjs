// What signs tokens, and what takes traces: GET /keys and /token?sub=…&role=…, POST /v1/traces, and GET /traces: whose have come.

import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

const ISSUER = 'https://login.example.com/';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const services = new Set();

const encoded = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
function tokenFor(sub, role) {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = { iss: ISSUER, aud: 'order-management', sub, roles: [role], exp };
  const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encoded(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

async function answer(req) {
  const { pathname, searchParams } = new URL(req.url, 'http://here');
  switch (pathname) {
    case '/keys':
      return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] };
    case '/token':
      return tokenFor(searchParams.get('sub'), searchParams.get('role'));
    case '/traces':
      return [...services].sort();
    default: {
      let text = '';
      for await (const part of req) text += part;
      for (const [, name] of text.matchAll(/"service\.name","value":{"stringValue":"([^"]+)"/g)) services.add(name);
      return {};
    }
  }
}

createServer(async (req, res) => {
  res.setHeader('Content-Type', 'application/json').end(JSON.stringify(await answer(req)));
}).listen(4318);
