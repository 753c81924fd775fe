/** Where things are in the picture: once for wide screens, once for narrow ones. */
export interface Layout {
  width: number;
  height: number;
  nodes: Record<string, { x: number; y: number }>;
  /** By `from-to`. */
  paths: Record<string, string>;
  /** Where the breaker of a call is shown. */
  breakers: Record<string, { x: number; y: number }>;
}

interface Edge {
  from: string;
  to: string;
  /** A client's request sent on; a service's own call; events that are read. */
  kind: 'forward' | 'call' | 'event';
}

const forward = (to: string): Edge => ({ from: 'gateway', to, kind: 'forward' });
const call = (from: string, to: string): Edge => ({ from, to, kind: 'call' });
const event = (to: string): Edge => ({ from: 'notification', to, kind: 'event' });

export const EDGES: readonly Edge[] = [
  ...['product', 'inventory', 'payment', 'shipping', 'notification'].map(forward),
  ...['order', 'payment', 'shipping'].map(event),
  call('shipping', 'order'),
  forward('order'),
  ...['product', 'inventory', 'payment', 'shipping'].map((to) => call('order', to)),
];

export const WIDE: Layout = {
  width: 1000,
  height: 415,
  nodes: {
    gateway: { x: 115, y: 201 },
    order: { x: 450, y: 201 },
    product: { x: 880, y: 50 },
    inventory: { x: 880, y: 155 },
    payment: { x: 880, y: 260 },
    shipping: { x: 880, y: 365 },
    notification: { x: 115, y: 365 },
  },
  paths: {
    'gateway-order': 'M220 201 H338',
    'gateway-product': 'M115 160 C115 50 300 39 768 39',
    'gateway-inventory': 'M160 160 C190 91 420 79 560 96 S700 141 768 144',
    'gateway-payment': 'M160 242 C190 310 420 317 560 301 S700 260 768 269',
    'gateway-shipping': 'M130 242 C150 347 420 347 768 359',
    'gateway-notification': 'M100 242 V324',
    'notification-order': 'M220 356 C330 342 400 297 425 244',
    'notification-payment': 'M220 368 C480 368 620 297 768 280',
    'notification-shipping': 'M220 383 H768',
    'shipping-order': 'M768 371 C600 370 490 315 470 244',
    'order-product': 'M562 182 C660 169 660 61 768 61',
    'order-inventory': 'M562 194 C650 192 680 160 768 160',
    'order-payment': 'M562 211 C650 214 680 253 768 255',
    'order-shipping': 'M562 222 C640 234 660 342 768 348',
  },
  breakers: {
    'order-product': { x: 676, y: 103 },
    'order-inventory': { x: 676, y: 172 },
    'order-payment': { x: 676, y: 238 },
    'order-shipping': { x: 676, y: 306 },
  },
};

export const NARROW: Layout = {
  width: 360,
  height: 640,
  nodes: {
    gateway: { x: 180, y: 48 },
    order: { x: 180, y: 178 },
    product: { x: 84, y: 326 },
    inventory: { x: 276, y: 326 },
    payment: { x: 84, y: 458 },
    shipping: { x: 276, y: 458 },
    notification: { x: 180, y: 590 },
  },
  paths: {
    'gateway-order': 'M180 92 V134',
    'gateway-product': 'M96 60 C30 90 40 220 60 280',
    'gateway-inventory': 'M264 60 C330 90 320 220 300 280',
    'gateway-payment': 'M96 50 C-10 90 2 300 4 450',
    'gateway-shipping': 'M264 50 C370 90 358 300 356 450',
    'gateway-notification': 'M96 40 C-40 90 -8 520 94 590',
    'notification-order': 'M177 546 V224',
    'notification-payment': 'M140 546 C130 530 120 520 116 504',
    'notification-shipping': 'M220 546 C230 530 240 520 244 504',
    'shipping-order': 'M204 440 C196 400 197 300 197 224',
    'order-product': 'M140 224 C130 250 110 260 100 280',
    'order-inventory': 'M220 224 C230 250 250 260 260 280',
    'order-payment': 'M164 224 C164 340 160 390 134 414',
    'order-shipping': 'M188 224 C188 340 192 400 222 414',
  },
  breakers: {
    'order-product': { x: 84, y: 254 },
    'order-inventory': { x: 276, y: 254 },
    'order-payment': { x: 84, y: 392 },
    'order-shipping': { x: 276, y: 392 },
  },
};
