import { z } from 'zod';
import { amountFault, CURRENCIES, hasDecimals, MOST_CENTS, MOST_DECIMALS } from '../money.ts';
import { countryCode } from './countries.ts';
import { ERROR_CODES } from './error-codes.ts';

/** For OpenAPI: a text that is not empty once it is trimmed. */
export const NOT_BLANK = { pattern: '\\S' };

export const Id = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . : -')
  .meta({ description: 'An identifier', example: 'PROD001' });

/** No customer has an id that guests have. */
export const GUEST = 'guest:';
export const CustomerId = z
  .string()
  .regex(
    /^(?!guest:)[A-Za-z0-9_.:-]{1,64}$/,
    'must be 1 to 64 characters of A-Z a-z 0-9 _ . : -, and not begin with guest:',
  )
  .meta({ description: 'The id of a customer', example: 'CUST1' });

const PLACES = 'A decimal number with as many places as its currency has';
/** Valid in some currency; `mustFit` checks it against the currency given. */
const money = (mostCents: number) =>
  z
    .number()
    .min(0)
    .max(mostCents)
    .refine((amount) => hasDecimals(amount, MOST_DECIMALS), `must have at most ${MOST_DECIMALS} decimal places`)
    .meta({ description: PLACES, multipleOf: 1 / 10 ** MOST_DECIMALS, example: 29.99 });
export const Price = money(MOST_CENTS.price);
export const Amount = money(MOST_CENTS.total);
export const AnyMoney = z.number().meta({ description: PLACES, example: 29.99 });

/** Lines of an order are numbered in the order in which they were given. */
export const LineId = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be the number of a line: 1, 2, …')
  .meta({ example: '1' });

export const Quantity = z.int().min(1).max(100_000).meta({ example: 2 });
export const Count = z.int().min(0);
export const Time = z.iso
  .datetime({ offset: true })
  .meta({ description: 'A point in time, RFC 3339', example: '2026-01-31T12:00:00Z' });
export const Currency = z
  .enum(CURRENCIES as [string, ...string[]], { error: 'must be a currency of ISO 4217, such as USD' })
  .meta({ id: 'Currency', description: 'ISO 4217', example: 'USD' });
/** Old orders may have any three letters. */
export const AnyCurrency = z.string().meta({ description: 'ISO 4217', example: 'USD' });

/** Refuses an amount with more decimal places than its currency has, or too large for sums. */
export function mustFit(
  context: z.core.$RefinementCtx,
  path: (string | number)[],
  { amount, currency, most }: { amount: number | undefined; currency: string | undefined; most: number },
): void {
  if (amount === undefined || currency === undefined) return;
  const message = amountFault(amount, currency, most);
  if (message !== undefined) context.addIssue({ code: 'custom', path, message });
}

const text = (max: number) => z.string().trim().min(1).max(max).meta(NOT_BLANK);
export const Name = text(200);
export const Reason = text(500);

const TWO_LETTERS = /^[A-Z]{2}$/;
const Country = z
  .string()
  .max(100)
  .transform((text, context) => {
    const code = TWO_LETTERS.test(text) ? text : countryCode(text);
    if (code !== undefined) return code;
    context.addIssue('must be two capital letters of ISO 3166, or three, or the English name of a country');
    return z.NEVER;
  })
  .meta({
    override: { pattern: TWO_LETTERS.source, maxLength: undefined },
    description: 'Two letters of ISO 3166. Three letters, and English names, are understood and kept as two',
  });

export const Email = z.email().max(254);
/** E.164. Whether there is such a number only those know who call it. */
export const Phone = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number with + and the code of its country, and nothing but digits after it')
  .meta({ example: '+15005550006' });

/** Free text has only `street`. */
const PARTS = ['city', 'zip', 'country'] as const;
const example = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

/** An address as it is kept and shown. */
export const Address = z
  .object({
    name: Name.optional(),
    street: Name,
    street2: Name.optional(),
    city: Name.optional(),
    region: Name.optional(),
    zip: text(20).optional(),
    country: z.string().optional(),
  })
  .meta({ id: 'Address', example });
export type Address = z.infer<typeof Address>;

const InParts = Address.extend({ country: Country.optional() })
  .superRefine((address, context) => {
    const missing = PARTS.filter((part) => address[part] === undefined);
    if (missing.length === PARTS.length && address.region === undefined) return;
    for (const part of missing)
      context.addIssue({ code: 'custom', path: [part], message: 'is required beside the others' });
  })
  .meta({
    id: 'AddressGiven',
    dependentRequired: Object.fromEntries([...PARTS, 'region'].map((part) => [part, PARTS])),
    example,
  });

/** An address in a request. */
export const AddressGiven: z.ZodType<Address> = z
  .union([InParts, Name.transform((street) => ({ street }))])
  .meta({ description: 'Street, city, zip and country; or free text', example });

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ override: { type: 'integer', pattern: undefined, minimum: min, maximum: max } });

export const QuantityInQuery = wholeNumber(1, 100_000);
export const VersionInQuery = wholeNumber(1, 1_000_000);
/** The version of the last event that the client knows; 0: none. */
export const AfterVersion = wholeNumber(0, 999_999_999);
export const PageSize = wholeNumber(1, 200);
export const Limit = PageSize.default(50);

export const Cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,200}$/, 'must be a cursor from an earlier answer')
  .meta({ description: '`nextCursor` of the previous page' });
export const PageQuery = z.object({ limit: Limit, cursor: Cursor.optional() });

/** Named after what is on it. */
export const page = <T extends z.ZodType>(item: T) =>
  z
    .object({ items: z.array(item), nextCursor: z.string().nullable() })
    .meta(item.meta()?.id === undefined ? {} : { id: `${item.meta()?.id}Page` });

/** Further members depend on the code, such as `items` for OUT_OF_STOCK. */
export const Problem = z
  .looseObject({
    type: z.string().meta({ description: 'The page of the code: what it means, and what to do' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z
      .enum(ERROR_CODES)
      .meta({ id: 'ErrorCode', description: 'Stable: clients may depend on it. What each means is at `type`' }),
    traceId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() }).meta({ id: 'FieldError' })).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem details',
    example: {
      type: '/problems/out-of-stock',
      title: 'Out of stock',
      status: 409,
      detail: 'Not all items are available.',
      instance: '/orders',
      code: 'OUT_OF_STOCK',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      items: [{ productId: 'PROD001', requested: 2, available: 1 }],
    },
  });
