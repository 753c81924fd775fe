import { describe, expect, it } from '@jest/globals';
import { makeSecrets, secretsOf } from './made-secrets.ts';
import { describeKubernetes, Rendered } from './rendered.ts';

describe('the secrets of a system that is installed', () => {
  it('are one Secret of passwords that nobody knows, made with the rights of the pod', async () => {
    const making = await makeSecrets();
    expect(making).toMatchObject({ code: 0, said: 'The Secret is made.\n' });
    expect(making.asked).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/namespaces/oms/secrets',
        headers: { authorization: 'Bearer of-the-account' },
        body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'secrets' } },
      },
    ]);
    const { secrets } = secretsOf(making);
    const password = expect.stringMatching(/^[0-9a-f]{48}$/);
    expect(secrets).toEqual({
      POSTGRES_PASSWORD: password,
      DATABASE_URL: `postgres://postgres:${secrets?.POSTGRES_PASSWORD}@postgres:5432`,
      REDIS_URL: 'redis://redis:6379',
      INTERNAL_TOKEN: password,
      JWT_SECRET: password,
    });
    const { POSTGRES_PASSWORD, INTERNAL_TOKEN, JWT_SECRET } = secrets ?? {};
    expect(new Set([POSTGRES_PASSWORD, INTERNAL_TOKEN, JWT_SECRET]).size).toBe(3);
  });

  it('are others in another system', async () => {
    const [one, other] = (await Promise.all([makeSecrets(), makeSecrets()])).map(secretsOf);
    expect(one?.secrets?.POSTGRES_PASSWORD).not.toBe(other?.secrets?.POSTGRES_PASSWORD);
  });

  it('stay as they are when they are there already', async () => {
    const { code, said } = await makeSecrets(409, {
      reason: 'AlreadyExists',
      message: 'secrets "secrets" already exists',
    });
    expect([code, said]).toEqual([0, 'The Secret is there, and stays as it is.\n']);
  });

  it.each([
    ['may not', 403, { reason: 'Forbidden', message: 'cannot create resource "secrets"' }],
    ['is told of another conflict', 409, { reason: 'Conflict', message: 'try again' }],
    ['is told nothing that it understands', 200, {}],
    ['reaches something else', 502, '<html>'],
  ])('are not made by a program that %s, and it fails, so that it is run again', async (_what, status, answer) => {
    const { code, said } = await makeSecrets(status, answer);
    expect([code, said]).toEqual([1, expect.stringContaining('Error')]);
  });
});

describeKubernetes('who makes the secrets', () => {
  const rendered = new Rendered('install');

  it('may create Secrets in the namespace, and do nothing else', () => {
    expect(rendered.all('Role')).toMatchObject([
      { metadata: { namespace: 'oms' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }] },
    ]);
    expect(rendered.all('RoleBinding')).toMatchObject([
      { roleRef: { kind: 'Role', name: 'secrets' }, subjects: [{ kind: 'ServiceAccount', name: 'secrets' }] },
    ]);
    expect(rendered.objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
  });

  it('runs the program that is tested here, and trusts the Kubernetes of its cluster alone', () => {
    const [container] = rendered.workload('secrets').pod.spec.containers;
    const account = '/var/run/secrets/kubernetes.io/serviceaccount';
    expect(container).toMatchObject({
      command: ['node', '/program/make-secrets.mjs', 'https://kubernetes.default.svc', account],
      env: [{ name: 'NODE_EXTRA_CA_CERTS', value: `${account}/ca.crt` }],
    });
    const [volume] = rendered.workload('secrets').pod.spec.volumes as { configMap: { name: string } }[];
    expect(Object.keys(rendered.one('ConfigMap', volume?.configMap.name as string).data ?? {})).toEqual([
      'make-secrets.mjs',
    ]);
  });
});

describeKubernetes('the gateway of a system that is installed', () => {
  it('wants a token of everybody, and gives none away', () => {
    const [{ env } = { env: [] }] = new Rendered('install').workload('gateway').pod.spec.containers;
    expect(env).toContainEqual({ name: 'AUTH_MODE', value: 'jwt' });
    expect(env?.filter(({ name }) => name === 'AUTH_TOKENS')).toEqual([]);
  });
});
