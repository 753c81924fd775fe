/**
 * Every code that a problem can have: what it means, and what to do. `type` of a problem leads to this text.
 * A code that is there stays, and keeps its meaning.
 */
const TEXTS = {
  // Requests that cannot be understood.
  VALIDATION_FAILED: [
    'The request is not as the API document says.',
    'Correct what `errors` lists: each entry has the path of a field and what is wrong with it.',
  ],
  MALFORMED_JSON: ['The body is not valid JSON.', 'Send JSON in UTF-8.'],
  MALFORMED_REQUEST: [
    'The request is not valid HTTP, or its headers are too large.',
    'Send fewer or shorter headers; look at what is between your client and this address.',
  ],
  UNSUPPORTED_MEDIA_TYPE: [
    'The body has a type, an encoding or a charset that is not supported.',
    'Send application/json.',
  ],
  PAYLOAD_TOO_LARGE: ['The body is larger than 100 kB.', 'Send less at once.'],
  ROUTE_NOT_FOUND: ['There is nothing at this path.', 'Compare method and path with the API document.'],
  METHOD_NOT_ALLOWED: ['The path exists, but not with this method.', 'Use a method that the header Allow names.'],

  // Who may do what.
  UNAUTHENTICATED: [
    'The request has no token, or one that is wrong or has expired.',
    'Send a new token in `Authorization: Bearer …`. The header WWW-Authenticate says what is wrong.',
  ],
  FORBIDDEN: [
    'The token is right, but its roles do not allow this.',
    'Send a token of somebody who may. Do not repeat the request with the same token.',
  ],
  CHARGES_FORBIDDEN: [
    'Customers cannot say what is charged besides the items.',
    'Leave `charges` out, or place the order with a token that has the role checkout or admin.',
  ],
  HOLD_FORBIDDEN: [
    'Customers cannot take over a hold of stock.',
    'Leave `holdId` out, or place the order with a token that has the role checkout or admin.',
  ],
  LINK_INVALID: ['The signature of the link is wrong.', 'Use the link exactly as it was given.'],
  LINK_EXPIRED: ['The link has expired.', 'Get a new one: it is in the shipment of the order.'],
  FOREIGN_ORIGIN: [
    'A web page of another origin wants to change something.',
    'Name its origin in CORS_ORIGINS if it may.',
  ],
  UNEXPECTED_HOST: ['The request names a host that is not known here.', 'Name it in ALLOWED_HOSTS if it is right.'],
  INTERNAL_TOKEN_REQUIRED: ['A service was called past the gateway.', 'Call the gateway.'],
  CALLER_REQUIRED: ['A service was not told who calls.', 'Call the gateway.'],

  // Repeated and simultaneous requests.
  RATE_LIMITED: [
    'This client has sent too many requests within a minute.',
    'Wait as long as Retry-After says. The RateLimit headers of every answer say how many are left.',
  ],
  TOO_MANY_STREAMS: ['This client has too many streams open.', 'Close one of them, then connect again.'],
  TOO_MANY_REBUILDS: ['Too many earlier versions of orders are being made.', 'Wait as long as Retry-After says.'],
  IDEMPOTENCY_KEY_REUSED: [
    'Another request was sent with this Idempotency-Key.',
    'Use a new key for every new request, and the same key only to repeat one.',
  ],
  REQUEST_IN_PROGRESS: [
    'The first request with this Idempotency-Key is still being carried out.',
    'Wait as long as Retry-After says, then send the same request with the same key.',
  ],
  PRECONDITION_FAILED: [
    'The document has changed: it no longer has the ETag in If-Match. Nothing was done.',
    'Read it again, decide again, and send its new ETag.',
  ],

  // Orders.
  ORDER_NOT_FOUND: ['There is no such order, or it is another customer’s.', 'Compare the id with that of the order.'],
  OUT_OF_STOCK: ['Not all items are available.', 'Order less: `items` says which are missing and how many there are.'],
  PRODUCT_NOT_FOUND: ['There is no such product.', 'Take the ids of products from GET /products.'],
  PRICE_CHANGED: ['The price given is not that of the catalog.', 'Read the product again, or leave `price` out.'],
  CURRENCY_MISMATCH: [
    'The products have several currencies, or another than the order.',
    'Leave `currency` out; order products of different currencies separately.',
  ],
  PAYMENT_DECLINED: ['The payment was declined. Nothing is reserved and nothing was taken.', 'Pay in another way.'],
  PAYMENT_UNAVAILABLE: [
    'The payment could not be made for now. The order is rejected, and what it held is given back.',
    'Place the order again after Retry-After, with a new key.',
  ],
  INVENTORY_UNAVAILABLE: [
    'It could not be found out in time whether the items are available. The order is rejected.',
    'Place the order again after Retry-After, with a new key.',
  ],
  PRODUCTS_UNAVAILABLE: [
    'The catalog cannot be reached, so that the order has no price. It is rejected.',
    'Place the order again after Retry-After, with a new key.',
  ],
  SHIPPING_UNAVAILABLE: ['The shipping service cannot be reached.', 'Send the request again after Retry-After.'],
  TOO_MANY_UNCONFIRMED: [
    'This customer holds too much stock in orders that are not confirmed.',
    'Confirm or cancel some of them first.',
  ],
  ORDER_CANCELLED: ['The order was cancelled while it was being placed.', 'Place a new one if it is still wanted.'],
  INVALID_TRANSITION: [
    'The order or the shipment is in a status in which this is not possible, or something else is under way for it.',
    'Read it again: `status` says what has happened, and `saga` what is under way.',
  ],
  ORDER_NOT_EDITABLE: ['The address can no longer be changed.', 'Cancel the order, or wait for it and return it.'],
  ADDRESS_CHANGED_TOO_OFTEN: ['The address of this order was changed too often.', 'Leave it as it is.'],
  ADDRESS_REQUIRED: ['The order has no address to ship it to.', 'Give `shippingAddress`, in the order or here.'],
  QUANTITY_TOO_HIGH: ['There is less left than was asked for.', 'Ask for at most `most`, or leave `items` out.'],
  AMOUNT_TOO_HIGH: ['There is less money left than was asked for.', 'Ask for at most `most`.'],
  NOT_SHIPPED: ['The order has no shipment yet.', 'Follow its events: order.parcel-shipped or its status says when.'],
  OTHER_SHIPMENT: ['The parcel is not one of this order.', 'Compare the ids of shipment and order.'],

  // Stock, payments, shipments, products, notifications.
  RESERVATION_NOT_FOUND: ['Nothing was reserved for this order.', 'Compare the id of the order.'],
  RESERVATION_CLOSED: [
    'The reservation of this order was already settled in another way.',
    'Read the reservation: its status says how.',
  ],
  PART_MISMATCH: [
    'This `ref` names a part that was already settled with other items.',
    'Repeat a part with the same items only, and give every new part a new `ref`.',
  ],
  NOT_RESERVED: [
    'Less is held of this product than should be released.',
    'Read its stock level: `held` says how much.',
  ],
  PAYMENT_NOT_FOUND: ['There is no such payment.', 'Compare the id with that of the payment, or of its order.'],
  PAYMENT_CLOSED: [
    'The payment was voided, refunded or declined: nothing can be taken any more.',
    'Read the payment: its status says which.',
  ],
  PAYMENT_MISMATCH: [
    'The order already has a payment of another amount, currency or method; or this `ref` was used for another amount.',
    'Repeat a request only with the same amount.',
  ],
  PROVIDER_ERROR: [
    'The payment provider failed. The payment may have been made all the same.',
    'Send the same request again: it is carried out once, however often it is sent.',
  ],
  PROVIDER_UNAVAILABLE: [
    'The payment provider cannot be reached. The payment may have been made all the same.',
    'Send the same request again after Retry-After: it is carried out once, however often it is sent.',
  ],
  SHIPMENT_NOT_FOUND: ['There is no such shipment.', 'Compare the id with that in the order.'],
  SHIPMENT_CLOSED: ['The parcel was cancelled: it cannot be booked any more.', 'Ship the items in another parcel.'],
  PRODUCT_EXISTS: ['There is already a product with this id.', 'Change that one, or choose another id.'],
  NOTIFICATION_NOT_FOUND: ['There is no such notification.', 'Take the id from GET /notifications.'],
  WEBHOOK_NOT_FOUND: ['There is no such webhook.', 'Take the id from GET /webhooks.'],
  TOO_MANY_WEBHOOKS: ['There are as many webhooks as there may be.', 'Remove one that is not needed any more.'],
  WEBHOOK_PAUSED: [
    'The webhook is paused, so that nothing is delivered to it.',
    'Resume it with PUT /webhooks/{id}; what waits is delivered then.',
  ],
  DELIVERY_NOT_FOUND: [
    'The webhook has no such delivery, or one from so long ago that it is not in the log any more.',
    'Take the id from GET /webhooks/{id}/deliveries. Older events can be had with POST /webhooks/{id}/replay.',
  ],
  TOO_MANY_REDELIVERIES: [
    'As many redeliveries and replays of the webhook wait as may wait.',
    'Wait until they are made, or resume the webhook if it is paused.',
  ],
  ALREADY_SENT: ['The notification was sent, and is not sent twice.', 'Nothing needs to be done.'],

  // Operations.
  NO_SAGA: ['Nothing is under way for this order.', 'Read the order: it has come to its end.'],
  NOT_COMPENSATABLE: [
    'The saga is past the point after which it only goes forward.',
    'Retry it, or resolve it by hand.',
  ],
  BREAKER_NOT_FOUND: ['There is no circuit breaker with this name.', 'Take the name from GET /circuit-breaker/status.'],

  // Failures on this side.
  INTERNAL: [
    'Something went wrong here. What was asked for may have been done.',
    'Send the same request with the same Idempotency-Key again. If it lasts, report the traceId.',
  ],
  CHAOS_INJECTED: ['This failure was injected on purpose, before anything was done.', 'Send the request again.'],
  SERVICE_UNAVAILABLE: [
    'The service cannot be reached or is too busy.',
    'Send the same request again after Retry-After, with the same Idempotency-Key.',
  ],
  STORE_FULL: ['The service keeps everything in memory, and has no room left.', 'Run it with a database.'],
  BAD_GATEWAY: [
    'The connection to the service broke. What was asked for may have been done.',
    'Send the same request again with the same Idempotency-Key: it is carried out once.',
  ],
  GATEWAY_TIMEOUT: [
    'The service did not answer in time. What was asked for may have been done.',
    'Send the same request again with the same Idempotency-Key: it is carried out once.',
  ],
} as const satisfies Record<string, readonly [means: string, advice: string]>;

export type ErrorCode = keyof typeof TEXTS;
export const ERROR_CODES = Object.keys(TEXTS) as ErrorCode[];

/** What a code means, and what to do. */
export const textsOf = (code: ErrorCode): readonly [means: string, advice: string] => TEXTS[code];

/** Where its text is: `type` of a problem. */
export const pageOf = (code: string): string => `/problems/${code.toLowerCase().replaceAll('_', '-')}`;
