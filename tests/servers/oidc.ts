import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';

const CLIENT = { client_id: 'shop', redirect_uris: ['https://shop.example/signed-in'] };
export const API = 'https://orders.example';

/** A private key that signs tokens, as oidc-provider wants it. */
export const signingKey = (kid: string, alg = 'RS256') => {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
};
export type SigningKey = ReturnType<typeof signingKey>;

/** A real OIDC server: customers sign in on its pages (authorization code, PKCE), for whichever name they give there. */
export async function startOidcServer(keys: SigningKey[]) {
  let answer: RequestListener;
  const http = createServer((req, res) => answer(req, res));
  const listen = (port: number) => new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = http.address() as AddressInfo;
  const server = {
    issuer: `http://127.0.0.1:${port}`,
    /** What its access tokens say besides. */
    claims: { roles: ['customer'] } as Record<string, unknown>,

    /** From now on the first of these keys signs, and all of them are published. */
    async use(keys: SigningKey[]): Promise<void> {
      answer = (await providerOf(server, keys)).callback();
    },

    /** The tokens of somebody who signs in to call an API; without one the access token is not for us to read. */
    signIn: (sub: string, api: string | undefined = API) => signIn(server.issuer, sub, api),

    async stop(): Promise<void> {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
    /** At the same address. */
    start: () => listen(port),
  };
  await server.use(keys);
  return server;
}
export type OidcServer = Awaited<ReturnType<typeof startOidcServer>>;

interface Settings {
  issuer: string;
  claims: Record<string, unknown>;
}

async function providerOf(server: Settings, keys: SigningKey[]): Promise<Provider> {
  // It says things as it is loaded.
  const { default: Provider } = await import('oidc-provider');
  const [{ alg, kid }] = keys as [SigningKey];
  const sign = { alg: alg as 'RS256', kid };
  return new Provider(server.issuer, {
    clients: [{ ...CLIENT, token_endpoint_auth_method: 'none', id_token_signed_response_alg: sign.alg }],
    jwks: { keys: keys as never },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    ttl: { AccessToken: 3600, Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 3600 },
    extraTokenClaims: () => server.claims,
    features: {
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, audience) => ({
          audience,
          scope: '',
          accessTokenFormat: 'jwt',
          jwt: { sign },
        }),
        useGrantedResource: () => true,
      },
    },
  });
}

async function signIn(issuer: string, sub: string, api: string | undefined) {
  const verifier = randomBytes(32).toString('base64url');
  const start = new URLSearchParams({
    client_id: CLIENT.client_id,
    redirect_uri: CLIENT.redirect_uris[0] as string,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(api && { resource: api }),
  });
  const code = await codeFor(`${issuer}/auth?${start}`, { login: sub, password: 'any' });
  const body = new URLSearchParams({
    client_id: CLIENT.client_id,
    redirect_uri: CLIENT.redirect_uris[0] as string,
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
  });
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body });
  return (await answer.json()) as { access_token: string; id_token: string };
}

/** Goes where a browser is led, and fills in each form on the way. */
async function codeFor(first: string, filledIn: Record<string, string>): Promise<string> {
  const cookies = new Map<string, string>();
  let [url, body]: [string, URLSearchParams | undefined] = [first, undefined];
  for (let step = 0; step < 20; step++) {
    const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      method: body ? 'POST' : 'GET',
      body,
      headers: { Cookie },
      redirect: 'manual',
    } as RequestInit);
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const page = await answer.text();
    body = undefined;
    if (location) url = new URL(location, url).href;
    else {
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      const action = /action="([^"]+)"/.exec(page)?.[1];
      if (!prompt || !action) throw new Error(`${url} answered ${answer.status}: ${page}`);
      url = new URL(action, url).href;
      body = new URLSearchParams({ prompt, ...filledIn });
    }
    const code = new URL(url).searchParams.get('code');
    if (code) return code;
  }
  throw new Error('Nobody was signed in.');
}
