import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { ERROR_CODES } from '../contracts/error-codes.ts';

let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.close());

describe('the type of a problem', () => {
  it('leads to a page that says what its code means and what to do', async () => {
    const { body } = await ask(`${tiny.url}/nothing`);
    const page = await ask(new URL(String(body.type), tiny.url).href);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<h1>ROUTE_NOT_FOUND</h1>\n<p>There is nothing at this path.</p>');
    expect(page.text).toContain('<h2>What to do</h2>\n<p>Compare method and path with the API document.</p>');
  });

  it('is one of the pages that a list names, one for each code', async () => {
    const { text } = await ask(`${tiny.url}/problems`);
    const named = [...text.matchAll(/<a href="([^"]+)">([A-Z_]+)<\/a>/g)].map(([, page = '', code = '']) => ({
      page,
      code,
    }));
    expect(named.map(({ code }) => code)).toEqual(ERROR_CODES);
    for (const { page, code } of named) expect((await ask(tiny.url + page)).text).toContain(`<h1>${code}</h1>`);
  });

  it('leads nowhere else', async () => {
    expect((await ask(`${tiny.url}/problems/no-such-code`)).status).toBe(404);
  });
});
