import { type Answers, type Endpoint, problems } from '@oms/shared/contracts/endpoint';
import { EVERY_ENDPOINT, NAMES } from '@oms/shared/contracts/every-endpoint';
import { getEventFeed } from '@oms/shared/contracts/feed';
import { documentOf, type Style } from '@oms/shared/http/openapi';
import { type Access, accessTo } from '../guard/access.ts';
import { neverLimited } from '../guard/limits.ts';
import { CHAPTERS, FIRST } from './chapters.ts';
import { forGenerators } from './for-generators.ts';

const ABOUT = `Products are ordered, paid, shipped and returned through this one address.

- Amounts are decimals with as many places as their currency has. Times are RFC 3339. Lists come in pages.
- Every write may carry an Idempotency-Key: repeated with the same key, it happens once, and has the same answer.
- What is refused is a problem (RFC 9457) with a stable \`code\`. Its \`type\` leads to what the code means and what to do.
- Answers may get new members at any time: ignore those that you do not know.
- Every path is there below \`/api\`, too.`;

const ALLOWED: Record<Access, string> = {
  everybody: 'Needs no token.',
  customers: 'For customers and operators.',
  metrics: 'For operators and Prometheus.',
  admins: 'For operators.',
};

const { gateway, ...services } = EVERY_ENDPOINT;
const forwarded: readonly Endpoint[] = [...Object.values(services).flat(), getEventFeed as Endpoint];
const own: readonly Endpoint[] = gateway;

/** The one document of the public API, as generators of clients understand it. */
export function apiDocument(version: string): object {
  const about = {
    info: { title: 'Order management', version, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: Object.entries(CHAPTERS).map(([name, description]) => ({ name, description })),
    components: { securitySchemes: { bearer: BEARER } },
    security: [{ bearer: [] }],
  };
  return forGenerators(documentOf(publicEndpoints(), about, STYLE) as never);
}

const BEARER = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'A token of your issuer; to try it, of POST /auth/token. Where AUTH_MODE is none, nobody needs one.',
} as const;

/** Each once. What the gateway answers itself is forwarded to nobody. */
export function publicEndpoints(): Endpoint[] {
  const byRoute = new Map([...forwarded, ...own].map((one) => [`${one.method} ${one.path}`, one]));
  return [...byRoute.values()].filter(isPublic).sort((a, b) => compare(placeOf(a), placeOf(b)));
}

/** The feed of a service has another path here. */
const isPublic = ({ internal, path }: Endpoint): boolean => internal !== true && path !== '/events';

const chapters: readonly string[] = Object.keys(CHAPTERS);

function placeOf(one: Endpoint): string[] {
  const first = FIRST.indexOf(nameOf(one));
  return [chapters.indexOf(one.tag), first < 0 ? FIRST.length : first, one.path].map((part) =>
    String(part).padStart(2, '0'),
  );
}
const compare = (a: string[], b: string[]): number => a.join(' ').localeCompare(b.join(' '));

const nameOf = (one: Endpoint): string => NAMES.get(one) as string;
const allowedAt = ({ method, path }: Endpoint) => accessTo(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'));

const STYLE: Style = {
  idOf: nameOf,

  before(one): Answers {
    const needsToken = allowedAt(one) !== 'everybody';
    const isForwarded = !own.includes(one);
    const forbidden = [...(needsToken ? ['FORBIDDEN' as const] : []), ...(one.method === 'get' ? [] : FOREIGN)];
    return Object.assign(
      {},
      needsToken && withHeaders(['WWW-Authenticate'], problems(401, 'UNAUTHENTICATED')),
      forbidden.length > 0 && problems(403, ...forbidden),
      !neverLimited(one.path) && withHeaders(['Retry-After'], problems(429, 'RATE_LIMITED')),
      withHeaders(['Retry-After'], problems(503, 'SERVICE_UNAVAILABLE')),
      isForwarded && { ...problems(502, 'BAD_GATEWAY'), ...problems(504, 'GATEWAY_TIMEOUT') },
    );
  },

  bodies(body) {
    const { example, examples = [example] } = body.meta() ?? {};
    return { examples: Object.fromEntries((examples as unknown[]).map((value, i) => [`example${i + 1}`, { value }])) };
  },

  more(one) {
    const allowed = allowedAt(one);
    const also = one.aliases ? [`Also at ${one.aliases.map((path) => `\`${path}\``).join(', ')}.`] : [];
    return {
      description: [one.description, ALLOWED[allowed], ...also].join(' '),
      ...(allowed === 'everybody' ? { security: [] } : {}),
    };
  },
};

const FOREIGN = ['FOREIGN_ORIGIN', 'UNEXPECTED_HOST'] as const;

const withHeaders = (headers: readonly string[], answers: Answers): Answers =>
  Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, { ...answer, headers }]));
