import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bearer, startGuarded, toldOf } from '../../services/gateway/test/guarded-app.ts';
import { PROJECT } from '../support/project.ts';

const COMMAND = join(PROJECT, 'services/gateway/dist/cli/token.js');
const SECRET = 'a-secret-of-32-characters-or-more';

function command(args: string[], env: Record<string, string>): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: (stdout + stderr).trim() }),
    );
  });
}

describe('the command for a token', () => {
  it('prints one that a gateway with the same secret accepts', async () => {
    const gateway = await startGuarded({ AUTH_MODE: 'jwt', JWT_SECRET: SECRET });
    const { code, said } = await command(['ada', 'customer'], { JWT_SECRET: SECRET });
    const { status, body } = await gateway.get('/orders', bearer(said));
    await gateway.close();
    expect([code, status, body.told]).toEqual([0, 200, toldOf('customer:ada')]);
  });

  it.each([
    ['no role', ['ada']],
    ['nobody', []],
    ['a role that there is not', ['ada', 'owner']],
    ['a name that breaks lines', ['ada\n', 'admin']],
  ])('gives no token to %s', async (_what, args) => {
    const { code, said } = await command(args, { JWT_SECRET: SECRET });
    expect([code, said]).toEqual([1, expect.stringMatching(/^Say for whom, and in which roles/)]);
  });

  it('gives none where another issuer makes them', async () => {
    const { code, said } = await command(['ada', 'admin'], { JWKS_URL: 'https://login.example.com/keys' });
    expect([code, said]).toEqual([1, expect.stringMatching(/^JWT_SECRET is not set/)]);
  });
});
