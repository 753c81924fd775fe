import type { Equivalent } from './mutants.ts';

const inGateway = (name: string) => `services/gateway/src/${name}.ts`;
const TYPE_ONLY = 'only the compiler needs to be told: ';
const FIRST_PIECE = 'only the first piece is looked at, however many there are';

const UNNAMED = "connection === undefined || connection === 'keep-alive'";
const SHORTCUT: readonly [from: string, to: string][] = [
  [UNNAMED, 'false'],
  [UNNAMED, 'connection === undefined'],
  [UNNAMED, "connection === 'keep-alive'"],
  ["'keep-alive'", "''"],
];

export const EQUIVALENT_AT_THE_GATEWAY: readonly Equivalent[] = [
  ...SHORTCUT.map(([from, to]) => ({
    file: inGateway('headers'),
    at: `if (${UNNAMED}) return undefined;`,
    ...{ from, to },
    why: 'it only spares the work: no header bears those names but the one that is left out anyway',
  })),
  {
    file: inGateway('guard/access'),
    at: "const [path = ''] = url.split('?', 1);",
    from: '1',
    to: '2',
    why: FIRST_PIECE,
  },
  {
    file: inGateway('targets'),
    at: "const [plain = ''] = path.split('?', 1);",
    from: '1',
    to: '2',
    why: FIRST_PIECE,
  },
  {
    file: inGateway('guard/streams'),
    at: 'return wantsStream(req) || (waitOf(preferencesIn(req.headers.prefer as string | undefined), 1) ?? 0) > 0;',
    from: 'waitOf(preferencesIn(req.headers.prefer as string | undefined), 1) ?? 0',
    to: 'waitOf(preferencesIn(req.headers.prefer as string | undefined), 1)',
    why: `${TYPE_ONLY}nothing is not more than 0`,
  },
  {
    file: inGateway('guard/streams'),
    at: 'return wantsStream(req) || (waitOf(preferencesIn(req.headers.prefer as string | undefined), 1) ?? 0) > 0;',
    from: '1',
    to: '2',
    why: 'it is only asked whether that is more than 0',
  },
  {
    file: inGateway('guard/guard'),
    at: 'parts.streamsPerCaller ?? 0,',
    from: 'parts.streamsPerCaller ?? 0',
    to: 'parts.streamsPerCaller',
    why: `${TYPE_ONLY}nothing is not more than 0, which is no limit`,
  },
  {
    file: inGateway('guard/guard'),
    at: 'if (shown === undefined || wanted === undefined) return false;',
    from: 'shown === undefined || wanted === undefined',
    to: 'shown === undefined',
    why: `${TYPE_ONLY}where tokens are asked for, the start insists on INTERNAL_TOKEN`,
  },
  {
    file: inGateway('guard/guard'),
    at: "callerIs(res, { kind: 'service', name: 'metrics' });",
    from: "'metrics'",
    to: "''",
    why: 'the name is told to nobody: the gateway shows its metrics itself',
  },
  {
    file: inGateway('guard/tokens'),
    at: 'this.#secret = createSecretKey(JWT_SECRET === undefined ? randomBytes(32) : Buffer.from(JWT_SECRET));',
    from: '32',
    to: '33',
    why: 'nobody can guess the one or the other',
  },
  {
    file: inGateway('guard/tokens'),
    at: "/^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? '')?.[1];",
    from: "authorization ?? ''",
    to: 'authorization',
    why: `${TYPE_ONLY}the word undefined is no token`,
  },
  {
    file: inGateway('guard/headers'),
    at: 'if (!origin) return [];',
    from: '!origin',
    to: 'false',
    why: 'what stands there in its place does nothing without an origin',
  },
  {
    file: inGateway('guard/limits'),
    at: 'validate: false,',
    from: 'false',
    to: 'true',
    why: 'what it finds to say is said to a logger that says nothing',
  },
  {
    file: inGateway('forwarding'),
    at: "if (this.#stopped === 'client gone') return true;",
    from: 'true',
    to: 'false',
    why: 'there is no further attempt for a client who is gone',
  },
];
