import { beforeEach, describe, expect, it } from '@jest/globals';
import { isKnown, matches } from './conditions.ts';
import { type Purpose, ShipmentLinks } from './shipment-links.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const clock = { ms: 0, now: () => clock.ms };
let links: ShipmentLinks;
beforeEach(() => {
  clock.ms = Date.parse('2026-01-01T12:00:00Z');
  links = new ShipmentLinks('the-token-of-the-services', clock);
});

const TEMPLATE = 'https://shop.example/follow/{trackingNumber}?lang=en#map';
const tracking = () => links.tracking(TEMPLATE, 'TRK:1');
const signed = (link: string) => Object.fromEntries(new URL(link, 'http://x').searchParams);
const verdict = (purpose: Purpose, link: string, by = links) => {
  try {
    by.mustBeValid(purpose, 'TRK:1', signed(link));
    return 'valid';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a signed link', () => {
  it('names the parcel, its expiry and a signature, and keeps the rest of an address', () => {
    expect(links.label('TRK:1')).toMatch(/^\/shipments\/labels\/TRK%3A1\?expires=\d+&signature=[\w-]{43}$/);
    expect(tracking()).toMatch(
      /^https:\/\/shop\.example\/follow\/TRK%3A1\?lang=en&expires=\d+&signature=[\w-]{43}#map$/,
    );
  });

  it.each([
    ['label', 7, () => links.label('TRK:1')],
    ['tracking', 30, tracking],
  ] as const)('to a %s is valid for %i days at least, and expires the day after', (purpose, days, make) => {
    const link = make();
    clock.ms += days * DAY_MS;
    expect(verdict(purpose, link)).toBe('valid');
    clock.ms += DAY_MS;
    expect(verdict(purpose, link)).toBe('LINK_EXPIRED');
  });

  it('is the same for the rest of the day', () => {
    const link = links.label('TRK:1');
    clock.ms += DAY_MS / 2 - 1;
    expect(links.label('TRK:1')).toBe(link);
    clock.ms += 2;
    expect(links.label('TRK:1')).not.toBe(link);
  });

  it('of services with another token is invalid', () => {
    expect(verdict('label', links.label('TRK:1'), new ShipmentLinks('another-token', clock))).toBe('LINK_INVALID');
  });
});

describe('without an INTERNAL_TOKEN', () => {
  beforeEach(() => {
    links = new ShipmentLinks(undefined, clock);
  });

  it('links are bare, and no signature is valid', () => {
    expect(links.label('TRK:1')).toBe('/shipments/labels/TRK%3A1');
    expect(tracking()).toBe('https://shop.example/follow/TRK%3A1?lang=en#map');
    expect(verdict('label', '/?expires=9999999999&signature=')).toBe('LINK_INVALID');
  });
});

describe('a document with a signed link', () => {
  it('is sent again once the link has changed, so that nobody keeps an expired one', () => {
    const tag = links.tag('"3"');
    expect([isKnown(tag, links.tag('"3"')), isKnown(tag, links.tag('"4"'))]).toEqual([true, false]);
    clock.ms += DAY_MS;
    expect(isKnown(tag, links.tag('"3"'))).toBe(false);
  });

  it('is the same document all the time for If-Match', () => {
    const headers = { 'if-match': links.tag('"3"') };
    clock.ms += DAY_MS;
    expect([matches(headers, '"3"'), matches(headers, links.tag('"3"')), matches(headers, '"4"')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
