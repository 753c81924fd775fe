import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

const PROGRAM = join(PROJECT, 'k8s/overlays/install/make-secrets.mjs');

export interface Making {
  code: number;
  said: string;
  asked: { method?: string; path?: string; headers: IncomingHttpHeaders; body: Asked }[];
}
interface Asked {
  kind: string;
  metadata: { name: string };
  stringData: Record<string, string>;
}

/** Has the program of the overlay make its Secret at a Kubernetes that answers so. */
export async function makeSecrets(status = 201, answer: object | string = {}): Promise<Making> {
  const asked: Making['asked'] = [];
  const kubernetes = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ method: req.method as string, path: req.url as string, headers: req.headers, body });
    res.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => kubernetes.listen(0, '127.0.0.1', resolve));
  const account = mkdtempSync(join(tmpdir(), 'oms-account-'));
  writeFileSync(join(account, 'namespace'), 'oms');
  writeFileSync(join(account, 'token'), 'of-the-account');
  try {
    const { port } = kubernetes.address() as AddressInfo;
    return await new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, `http://127.0.0.1:${port}`, account], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), said: stdout + stderr, asked }),
      );
    });
  } finally {
    kubernetes.close();
    rmSync(account, { recursive: true });
  }
}

export const secretsOf = ({ asked }: Making): Record<string, Record<string, string>> =>
  Object.fromEntries(asked.map(({ body }) => [body.metadata.name, body.stringData]));
