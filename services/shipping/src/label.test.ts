import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readCode128 } from '../test/code128.ts';
import { type Booking, book, type Shipment } from './domain/shipment.ts';
import { labelOf } from './label.ts';

const BOOKED_AT = Date.parse('2026-03-04T05:06:07Z');
const booking: Booking = {
  orderId: 'ORDER-1',
  carrier: 'OVERNIGHT',
  shippingAddress: {
    name: 'Ada Lovelace',
    street: '12 Main St',
    street2: 'Flat 3',
    city: 'Springfield',
    region: 'IL',
    zip: '12345',
    country: 'US',
  },
  items: [
    { productId: 'P1', quantity: 2 },
    { productId: 'P2', quantity: 1, name: 'Żółta lampa' },
  ],
};
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const shipmentWith = (change: Partial<Booking> = {}, id = ID): Shipment =>
  book(undefined, { ...booking, ...change }, id, BOOKED_AT);

/** The drawing instructions of the pages. */
function drawingOf(pdf: Buffer): string {
  const source = pdf.toString('latin1');
  const streams = [...source.matchAll(/\/Filter \/FlateDecode\n>>\nstream\n([\s\S]*?)\nendstream/g)];
  return streams.map(([, bytes]) => inflateSync(Buffer.from(bytes ?? '', 'latin1')).toString('latin1')).join('\n');
}

/** Each piece of text, in the order in which it is drawn. */
function textsOf(pdf: Buffer): string[] {
  return [...drawingOf(pdf).matchAll(/\[(.*?)\] TJ/g)].map(([, parts]) =>
    [...(parts ?? '').matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex]) => Buffer.from(hex ?? '', 'hex').toString('latin1'))
      .join(''),
  );
}

interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}
function barsOf(pdf: Buffer): Bar[] {
  return [...drawingOf(pdf).matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$/gm)].map((match) => {
    const [x, y, width, height] = match.slice(1).map(Number) as [number, number, number, number];
    return { x, y, width, height };
  });
}

/** The widths of bars and the spaces between them, in units of the narrowest. */
function widthsOf(bars: Bar[]): number[] {
  const narrowest = Math.min(...bars.map(({ width }) => width));
  return bars.flatMap(({ x, width }, i) => {
    const next = bars[i + 1];
    return [width, ...(next ? [next.x - x - width] : [])].map((points) => Math.round(points / narrowest));
  });
}

const PAGE_WIDTH = 288;
const pagesOf = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\n/g)?.length;

describe('a label', () => {
  it('is a PDF of one page of 4 by 6 inches', async () => {
    const pdf = await labelOf(shipmentWith());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pagesOf(pdf)).toBe(1);
    expect(pdf.toString('latin1')).toContain('/MediaBox [0 0 288 432]');
  });

  it('shows carrier, address, items, order and tracking number', async () => {
    const shipment = shipmentWith();
    expect(textsOf(await labelOf(shipment))).toEqual([
      'OVERNIGHT',
      '1 day',
      'Order ORDER-1 · 2026-03-04',
      'SHIP TO',
      'Ada Lovelace',
      '12 Main St',
      'Flat 3',
      'Springfield, IL 12345',
      'US',
      '2 × P1',
      '1 × Zólta lampa',
      shipment.trackingNumber,
    ]);
  });

  it('says how long the carrier takes', async () => {
    expect(textsOf(await labelOf(shipmentWith({ carrier: 'STANDARD' })))).toContain('5 days');
  });

  it('leaves out missing parts of an address', async () => {
    const shippingAddress = { street: '1 High St', city: 'York', zip: 'YO1', country: 'GB' };
    const texts = textsOf(await labelOf(shipmentWith({ shippingAddress })));
    expect(texts.slice(3, 7)).toEqual(['SHIP TO', '1 High St', 'York YO1', 'GB']);
  });

  it('shows an address that is free text', async () => {
    const shippingAddress = { street: '123 Main St, Springfield' };
    const texts = textsOf(await labelOf(shipmentWith({ shippingAddress })));
    expect(texts.slice(3, 6)).toEqual(['SHIP TO', '123 Main St, Springfield', '2 × P1']);
  });

  it('is the same, byte for byte, each time it is made', async () => {
    expect(await labelOf(shipmentWith())).toEqual(await labelOf(shipmentWith()));
  });

  it('fits on its page with the longest address, in full, and the most items', async () => {
    const longest = Array(5).fill('W'.repeat(39)).join(' ');
    const shippingAddress = {
      name: longest,
      street: longest,
      street2: longest,
      city: longest,
      region: longest,
      zip: 'W'.repeat(20),
      country: 'WW',
    };
    const items = Array.from({ length: 100 }, (_, i) => ({ productId: `P${i}`, quantity: 1, name: longest }));
    const pdf = await labelOf(shipmentWith({ shippingAddress, items }));
    expect(pagesOf(pdf)).toBe(1);
    const texts = textsOf(pdf);
    const [address, rest] = [texts.slice(4, texts.indexOf('WW') + 1), texts.slice(texts.indexOf('WW') + 1)];
    expect(address.join('').replaceAll(/[^W]/g, '')).toHaveLength(5 * 5 * 39 + 20 + 2);
    expect(rest.filter((text) => text.startsWith('1 ×'))).toHaveLength(5);
    expect(rest).toContain('and 95 more');
  });
});

describe('the barcode of a label', () => {
  const IDS = [
    ID,
    '01890a5d-ac96-774b-8000-000000000000',
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
    '00000000-0000-7000-8000-000000000000',
    '0197f2a4-1c3e-7d11-a5b2-6f1e0c9d8b7a',
  ];

  it.each(IDS)('reads as the tracking number of shipment %s', async (id) => {
    const shipment = shipmentWith({}, id);
    const bars = barsOf(await labelOf(shipment));
    expect(readCode128(widthsOf(bars))).toBe(shipment.trackingNumber);
  });

  it.each(IDS)('has quiet zones, and bars wide and high enough for a scanner, on shipment %s', async (id) => {
    const bars = barsOf(await labelOf(shipmentWith({}, id)));
    const module = Math.min(...bars.map(({ width }) => width));
    const [first, last] = [bars[0] as Bar, bars.at(-1) as Bar];
    // Common scanners need modules of 0.25 mm from a distance, and bars of 13 mm when held at an angle.
    expect(module).toBeGreaterThanOrEqual((0.25 / 25.4) * 72);
    expect(Math.min(...bars.map(({ height }) => height))).toBeGreaterThanOrEqual((13 / 25.4) * 72);
    expect(first.x).toBeGreaterThanOrEqual(10 * module);
    expect(PAGE_WIDTH - last.x - last.width).toBeGreaterThanOrEqual(10 * module);
  });

  it('cannot be read if a single bar is wrong', async () => {
    const widths = widthsOf(barsOf(await labelOf(shipmentWith())));
    for (let i = 0; i + 1 < widths.length; i += 7) {
      const wrong = widths.with(i, 5 - (widths[i] as number));
      expect(() => readCode128(wrong)).toThrow();
    }
  });
});
