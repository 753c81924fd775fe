import type { Address } from '@oms/shared/contracts/common';
import bwipjs from 'bwip-js';
import PDFDocument from 'pdfkit';
import { DELIVERY_DAYS, type Shipment } from './domain/shipment.ts';
import { printable } from './printable.ts';

/** A label of 4 × 6 inches, in points. */
const WIDTH = 288;
const HEIGHT = 432;
const MARGIN = 12;
const INNER = WIDTH - 2 * MARGIN;

/** A tracking number's barcode has at most 244 modules. At one point each, the quiet zones for scanners stay free. */
const MODULE = 1;
const BAR_HEIGHT = 64;

const ADDRESS_HEIGHT = 184;
const ITEM_LINES = 6;

type Page = PDFKit.PDFDocument;

/** The label as a PDF. The same shipment always gives the same bytes. */
export async function labelOf(shipment: Shipment): Promise<Buffer> {
  const { trackingNumber, history, carrier, orderId, shippingAddress } = shipment;
  const bookedAt = new Date((history[0] as { at: number }).at);
  const page = new PDFDocument({
    size: [WIDTH, HEIGHT],
    margin: 0,
    info: { Title: `Shipping label ${trackingNumber}`, CreationDate: bookedAt },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    page.on('data', (chunk: Buffer) => chunks.push(chunk));
    page.on('end', () => resolve(Buffer.concat(chunks)));
    page.on('error', reject);
  });
  page.font('Helvetica-Bold').fontSize(20).text(carrier, MARGIN, MARGIN, { lineBreak: false });
  const promise = `${DELIVERY_DAYS[carrier]} day${DELIVERY_DAYS[carrier] === 1 ? '' : 's'}`;
  page.text(promise, MARGIN, MARGIN, { width: INNER, align: 'right', lineBreak: false });
  const booked = `Order ${orderId} · ${bookedAt.toISOString().slice(0, 10)}`;
  page.font('Helvetica').fontSize(8);
  line(page, booked, 36);
  rule(page, 50);
  drawAddress(page, shippingAddress, 56);
  rule(page, 56 + ADDRESS_HEIGHT + 2);
  drawItems(page, shipment.items, 56 + ADDRESS_HEIGHT + 8);
  drawBarcode(page, trackingNumber, HEIGHT - MARGIN - BAR_HEIGHT - 16);
  page.end();
  return done;
}

/** The widths of bars and spaces in turn, in modules, the first one a bar. */
function barWidths(text: string): number[] {
  const [symbol] = bwipjs.raw('code128', text, {}) as { sbs: number[] }[];
  return (symbol as { sbs: number[] }).sbs;
}

/** Vector bars: every printer draws them as sharp as it can. */
function drawBarcode(page: Page, text: string, y: number): void {
  const widths = barWidths(text);
  let x = (WIDTH - MODULE * widths.reduce((sum, modules) => sum + modules, 0)) / 2;
  for (const [i, modules] of widths.entries()) {
    if (i % 2 === 0) page.rect(x, y, modules * MODULE, BAR_HEIGHT);
    x += modules * MODULE;
  }
  page.fill('black');
  page.font('Helvetica-Bold').fontSize(11);
  page.text(text, MARGIN, y + BAR_HEIGHT + 4, { width: INNER, align: 'center', lineBreak: false });
}

/** In the largest letters in which the whole address fits: a shortened address is a lost parcel. */
function drawAddress(page: Page, address: Address, y: number): void {
  const { name, street, street2, city, region, zip, country } = address;
  const town = [[city, region].filter(Boolean).join(', '), zip].filter(Boolean).join(' ');
  const text = printable([name, street, street2, town, country].filter(Boolean).join('\n'));
  page.font('Helvetica-Bold').fontSize(8).text('SHIP TO', MARGIN, y);
  const fits = (size: number) => page.fontSize(size).heightOfString(text, { width: INNER }) <= ADDRESS_HEIGHT - 12;
  page.fontSize([16, 13, 11, 9, 8, 7, 6].find(fits) ?? 5);
  page.text(text, MARGIN, y + 12, { width: INNER });
}

function drawItems(page: Page, items: Shipment['items'], y: number): void {
  const shown = items.length > ITEM_LINES ? items.slice(0, ITEM_LINES - 1) : items;
  const lines = shown.map(({ productId, quantity, name }) => `${quantity} × ${name ?? productId}`);
  if (shown.length < items.length) lines.push(`and ${items.length - shown.length} more`);
  page.font('Helvetica').fontSize(9);
  for (const [i, text] of lines.entries()) line(page, printable(text), y + i * 12);
}

function line(page: Page, text: string, y: number): void {
  page.text(text, MARGIN, y, { width: INNER, height: page.currentLineHeight(), ellipsis: true });
}

function rule(page: Page, y: number): void {
  page
    .moveTo(MARGIN, y)
    .lineTo(WIDTH - MARGIN, y)
    .stroke();
}
