/** The chapters of the API document: the tags of its operations, in the order in which a reader needs them. */
export const CHAPTERS = {
  Orders: 'Placing an order, following it, and what is done with it: parcels, cancellations, returns, refunds.',
  Products: 'The catalog: what can be ordered, and what it costs.',
  Inventory: 'Stock, and what of it is kept for orders.',
  Payments: 'What was authorized, captured and refunded for an order.',
  Shipments: 'Parcels: their labels, and where they are.',
  Notifications: 'What customers were told about their orders.',
  Webhooks: 'Events of orders that are posted to others, in order and signed.',
  Events: 'Everything that happens in a service, for those who keep up with it.',
  Operations: 'For operators of the system: work that is unfinished, circuit breakers, the comparison of all books.',
  Gateway: 'The system as a whole, and tokens to try it with.',
  Service: 'The gateway as a process: probes, metrics, injected faults.',
} as const;

/** What comes first in its chapter. The others follow by their paths. */
export const FIRST: readonly string[] = [
  'placeOrder',
  'getOrder',
  'getOrderEvents',
  'listOrders',
  'confirmOrder',
  'fulfillOrder',
  'trackOrder',
  'cancelOrder',
  'returnOrder',
  'refundOrder',
];
