import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { address } from '../e2e/orders.ts';
import { type Name, type System, startSystem } from '../e2e/system.ts';
import { EXECUTABLE, hasChromium } from './chromium.ts';

/** Suites that need a browser. In CI they run even without one, and fail. */
export const describeBrowser: typeof describe | typeof describe.skip =
  hasChromium || process.env.CI ? describe : describe.skip;

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const ALL: Name[] = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification', 'gateway'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Long, because tests run on busy machines. */
export const PATIENCE_MS = 60_000;
export const SUITE_MS = 600_000;

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** The whole system, and a browser to look at it. */
export class Console {
  /** Errors in the page's console, and exceptions. There should be none. */
  readonly complaints: string[] = [];

  private constructor(
    readonly system: System,
    private readonly browser: Browser,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<Console> {
    const system = await startSystem({ AUTH_TOKENS: 'true', ...env }, ALL);
    return new Console(system, await chromium.launch({ executablePath: EXECUTABLE, args: QUIET }));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.system.stop();
  }

  /** Opens a new window. `hash` is the view, such as `orders/1`. */
  async open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: WIDE, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isAnswer(message.text())) this.complaints.push(message.text());
    });
    await page.goto(`${this.system.gateway.url}/#/${hash}`);
    await page.locator('h1').first().waitFor();
    return page;
  }

  /** Places an order through the API, not the page. */
  async order(more: Record<string, unknown> = {}): Promise<string> {
    const cart = { customerId: 'ada', items: [{ productId: 'prod1', quantity: 1 }], shippingAddress: address, ...more };
    const { body } = await this.system.gateway.post('/orders', cart);
    return body.id ?? body.orderId;
  }
}

/** Browsers also report expected refusals as errors, and connections that end with the gateway. */
const isAnswer = (text: string) =>
  /status of (401|402|403|404|409|429|50[023])|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/.test(
    text,
  );

/** What axe finds: obstacles for users who cannot see, or cannot use a mouse. */
export async function violations(page: Page): Promise<string[]> {
  // The page's CSP refuses new scripts of the page, but not code that is evaluated from outside.
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

const STICKS_OUT = `[...document.querySelectorAll('#app *:not(svg, svg *, .sr-only, .sr-only *)')]
  .filter((element) => {
    if (element.closest('.room, .skip')) return false;
    const { right, width } = element.getBoundingClientRect();
    const { overflowX, display } = getComputedStyle(element);
    const isCut = element.scrollWidth > element.clientWidth + 1 && overflowX === 'visible' && display !== 'inline';
    return width > 0 && (right > innerWidth + 1 || isCut);
  })
  .map((element) => element.tagName + ' ' + element.className + ': ' + element.textContent.slice(0, 60))`;

/** Text that overflows the page, or its own box. */
export const overflows = (page: Page): Promise<string[]> => page.evaluate<string[]>(STICKS_OUT);

export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).filter({ visible: true }).first().waitFor();
}

export const nothingWasComplainedOf = (console: Console) => expect(console.complaints).toEqual([]);
