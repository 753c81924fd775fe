/** Made by `npm run client-types` of the API document; SHA-256 of what it has for this client: 6526f3a3628fc548a2b93331b18a23ee588159beeef1374ba788d8e881ac0985 */

export interface PlaceOrder {
    /** A customer; or the name of a guest, who gets an id of his own with each order */
    customer?: CustomerGiven;
    /** Without it, and without `customer`: the customer whose token it is; without tokens a guest */
    customerId?: string;
    items: LineToOrder[];
    /** Shipping costs, taxes, fees, discounts; only for those who may set prices */
    charges?: ChargeGiven[];
    /** The hold of stock that the order takes over; only for those who may set prices */
    holdId?: string;
    /** Street, city, zip and country; or free text */
    shippingAddress?: AddressGiven;
    /** A token of the payment provider, never a card's number; `tok_visa` if absent */
    paymentMethod?: string;
    /** The currency of the products; where there is no catalog, USD if absent */
    currency?: Currency;
    /** `true` if absent */
    autoConfirm?: boolean;
}
export interface CustomerGiven {
    /** The id of a customer */
    id: string;
    name?: string;
    email?: string;
    phone?: string;
}
export interface LineToOrder {
    /** An identifier */
    productId: string;
    quantity: number;
    /** Where there is a catalog, it must be the price of the catalog */
    price?: number;
    name?: string;
}
export interface ChargeGiven {
    kind: ChargeKind;
    label?: string;
    /** A decimal number with as many places as its currency has */
    amount: number;
    /** The line that it belongs to; absent: the whole order */
    lineId?: string;
}
export type ChargeKind = "SHIPPING" | "TAX" | "FEE" | "DISCOUNT";
export interface AddressGiven {
    name?: string;
    street: string;
    street2?: string;
    city?: string;
    region?: string;
    zip?: string;
    /** Two letters of ISO 3166. Three letters, and English names, are understood and kept as two */
    country?: string;
}
/**
 * ISO 4217
 */
export type Currency = "AED" | "AFN" | "ALL" | "AMD" | "AOA" | "ARS" | "AUD" | "AWG" | "AZN" | "BAM" | "BBD" | "BDT" | "BGN" | "BHD" | "BIF" | "BMD" | "BND" | "BOB" | "BOV" | "BRL" | "BSD" | "BTN" | "BWP" | "BYN" | "BZD" | "CAD" | "CDF" | "CHE" | "CHF" | "CHW" | "CLF" | "CLP" | "CNY" | "COP" | "COU" | "CRC" | "CUP" | "CVE" | "CZK" | "DJF" | "DKK" | "DOP" | "DZD" | "EGP" | "ERN" | "ETB" | "EUR" | "FJD" | "FKP" | "GBP" | "GEL" | "GHS" | "GIP" | "GMD" | "GNF" | "GTQ" | "GYD" | "HKD" | "HNL" | "HTG" | "HUF" | "IDR" | "ILS" | "INR" | "IQD" | "IRR" | "ISK" | "JMD" | "JOD" | "JPY" | "KES" | "KGS" | "KHR" | "KMF" | "KPW" | "KRW" | "KWD" | "KYD" | "KZT" | "LAK" | "LBP" | "LKR" | "LRD" | "LSL" | "LYD" | "MAD" | "MDL" | "MGA" | "MKD" | "MMK" | "MNT" | "MOP" | "MRU" | "MUR" | "MVR" | "MWK" | "MXN" | "MXV" | "MYR" | "MZN" | "NAD" | "NGN" | "NIO" | "NOK" | "NPR" | "NZD" | "OMR" | "PAB" | "PEN" | "PGK" | "PHP" | "PKR" | "PLN" | "PYG" | "QAR" | "RON" | "RSD" | "RUB" | "RWF" | "SAR" | "SBD" | "SCR" | "SDG" | "SEK" | "SGD" | "SHP" | "SLE" | "SOS" | "SRD" | "SSP" | "STN" | "SVC" | "SYP" | "SZL" | "THB" | "TJS" | "TMT" | "TND" | "TOP" | "TRY" | "TTD" | "TWD" | "TZS" | "UAH" | "UGX" | "USD" | "USN" | "UYI" | "UYU" | "UYW" | "UZS" | "VED" | "VES" | "VND" | "VUV" | "WST" | "XAD" | "XAF" | "XCD" | "XCG" | "XOF" | "XPF" | "YER" | "ZAR" | "ZMW" | "ZWG";
export interface CancelOrder {
    reason?: string;
    /** Lines and quantities; absent: everything that is left */
    items?: PartGiven[];
}
export interface PartGiven {
    lineId?: string;
    /** An identifier */
    productId?: string;
    quantity: number;
}
export interface UpdateOrder {
    /** Street, city, zip and country; or free text */
    shippingAddress: AddressGiven;
}
export interface FulfillOrder {
    carrier?: Carrier;
    /** Street, city, zip and country; or free text */
    shippingAddress?: AddressGiven;
    /** Lines and quantities; absent: everything that is left */
    items?: PartGiven[];
}
export type Carrier = "STANDARD" | "EXPRESS" | "OVERNIGHT";
export interface ReturnOrder {
    reason?: string;
    /** Lines and quantities; absent: everything that is left */
    items?: PartGiven[];
    /** false: the goods do not go back to stock; only for operators */
    restock?: boolean;
    /** Less than the share of the items; absent: their share; only for operators */
    refund?: number;
}
export interface RefundOrder {
    /** A decimal number with as many places as its currency has */
    amount: number;
    reason: string;
}
export interface OrderStatusChange {
    status: OrderStatus;
}
export interface ProductGiven {
    name: string;
    description?: string;
    /** A decimal number with as many places as its currency has */
    price: number;
    /** `USD` if absent */
    currency?: Currency;
    category?: string;
    /** An identifier */
    sku?: string;
    /** An identifier */
    id?: string;
}
export interface ProductChange {
    name?: string;
    description?: string;
    /** A decimal number with as many places as its currency has */
    price?: number;
    currency?: Currency;
    category?: string;
    /** An identifier */
    sku?: string;
}
export interface AddStock {
    quantity: number;
}
export interface HeldQuantity {
    quantity: number;
}
export interface SettleStock {
    /** An identifier */
    orderId: string;
    /** A part of the items; absent: everything that is left */
    items?: StockLineGiven[];
    /** Names the part: it is settled once, however often it is requested */
    ref?: string;
}
export interface StockLineGiven {
    /** An identifier */
    productId: string;
    quantity: number;
}
export type ReservationStatus = "RESERVED" | "RELEASED" | "COMMITTED" | "RESTOCKED";
export interface ReserveStock {
    /** An identifier */
    orderId: string;
    items: StockLineGiven[];
    /** Holds the items for so long, for a cart. Repeated, it holds them longer, or others; without it, they are kept for good */
    ttlSeconds?: number;
    /** The hold whose stock becomes this reservation, in the same moment */
    holdId?: string;
}
export interface AuthorizePayment {
    /** An identifier */
    orderId: string;
    /** A decimal number with as many places as its currency has */
    amount: number;
    /** A token of the payment provider, never a card's number; `tok_visa` if absent */
    paymentMethod?: string;
    /** `USD` if absent */
    currency?: Currency;
}
export interface CapturePayment {
    /** An identifier */
    orderId?: string;
    /** An identifier */
    paymentId?: string;
    /** A decimal number with as many places as its currency has */
    amount?: number;
    /** Names a part of the order: each is captured once, and refunded once, however often it is requested */
    ref?: string;
}
export interface RefundPayment {
    /** An identifier */
    orderId?: string;
    /** An identifier */
    paymentId?: string;
    /** A decimal number with as many places as its currency has */
    amount?: number;
    /** Names a part of the order: each is captured once, and refunded once, however often it is requested */
    ref?: string;
    reason?: string;
}
export interface CreateShipment {
    /** An identifier */
    orderId: string;
    /** Which parcel of the order; absent: its only one */
    parcel?: number;
    items: ItemToPack[];
    /** Street, city, zip and country; or free text */
    shippingAddress: AddressGiven;
    /** `STANDARD` if absent */
    carrier?: Carrier;
}
export interface ItemToPack {
    /** An identifier */
    productId: string;
    quantity: number;
    name?: string;
}
export type ShipmentStatus = "LABEL_GENERATED" | "IN_TRANSIT" | "OUT_FOR_DELIVERY" | "DELIVERED" | "EXCEPTION" | "RETURNED" | "CANCELLED";
export interface ShipmentStatusChange {
    status: ShipmentStatus;
    location?: string;
    notes?: string;
}
export interface ParcelOfOrder {
    /** An identifier */
    orderId: string;
    /** Which parcel of the order; absent: its only one */
    parcel?: number;
}
export type NotificationStatus = "PENDING" | "SENT" | "DEAD" | "WITHHELD";
export interface WebhookGiven {
    /** Where events are posted to: https, port 443 or 8443, at a public address */
    url: string;
    events: string[];
    description?: string;
    /** true: nothing is delivered, and nothing is lost; `false` if absent */
    paused?: boolean;
}
/**
 * FAILING: it is tried again, and holds back the later events of its order
 */
export type DeliveryStatus = "DELIVERED" | "FAILING";
export interface Replay {
    /** A point in time, RFC 3339 */
    from: string;
}
export type ServiceName = "order" | "inventory" | "payment" | "shipping" | "product" | "notification";
export interface ResetBreakers {
    name?: string;
}
export type SagaState = "running" | "stuck";
export interface SagaNote {
    note?: string;
}
export interface ResolveSaga {
    note: string;
}
export interface TokenRequest {
    /** The id of a customer */
    userId: string;
    /** `customer` if absent */
    roles?: Role[];
    /** Where mails about orders are sent */
    email?: string;
    /** Where text messages about orders are sent */
    phone?: string;
}
export type Role = "customer" | "checkout" | "admin";
export interface ChaosChange {
    enabled?: boolean;
    failureRate?: number;
    latencyMs?: number;
    dropRate?: number;
    ttlSeconds?: number;
}
export interface Order {
    /** An identifier */
    id: string;
    /** The same as `id` */
    orderId: string;
    status: OrderStatus;
    customer: Customer;
    items: OrderLine[];
    /** The sum of the lines that have a price */
    subtotal: number;
    /** What is added to the lines; a discount is subtracted */
    charges: Charge[];
    /** A decimal number with as many places as its currency has */
    total: number;
    /** A decimal number with as many places as its currency has */
    captured: number;
    /** A decimal number with as many places as its currency has */
    refunded: number;
    /** ISO 4217 */
    currency: string;
    shippingAddress?: Address;
    paymentMethod: string;
    reservation?: OrderReservation;
    payment?: OrderPayment;
    /** The newest parcel */
    shipment?: OrderShipment;
    /** All parcels, with what is in them */
    shipments: OrderParcel[];
    failure?: OrderFailure;
    saga?: SagaUnderWay;
    needsAttention: boolean;
    attentionReason?: string;
    version: number;
    /** A point in time, RFC 3339 */
    createdAt: string;
    /** A point in time, RFC 3339 */
    updatedAt: string;
}
export type OrderStatus = "PENDING" | "AWAITING_CONFIRMATION" | "CONFIRMED" | "PROCESSING" | "PARTIALLY_SHIPPED" | "SHIPPED" | "DELIVERED" | "PARTIALLY_RETURNED" | "REJECTED" | "CANCELLING" | "CANCELLED" | "RETURNED";
export interface Customer {
    /** An identifier */
    id: string;
    name?: string;
    email?: string;
    phone?: string;
}
export interface OrderLine {
    lineId: string;
    /** An identifier */
    productId: string;
    name?: string;
    quantity: number;
    /** Absent in a rejected order whose price was not known */
    price?: number;
    /** A decimal number with as many places as its currency has */
    lineTotal?: number;
    /** How many were shipped; absent before the first parcel */
    fulfilled?: number;
    cancelled?: number;
    returned?: number;
}
export interface Charge {
    kind: ChargeKind;
    label?: string;
    /** A decimal number with as many places as its currency has */
    amount: number;
    lineId?: string;
}
export interface Address {
    name?: string;
    street: string;
    street2?: string;
    city?: string;
    region?: string;
    zip?: string;
    country?: string;
}
export interface OrderReservation {
    status: string;
}
export interface OrderPayment {
    /** An identifier */
    id: string;
    status: PaymentStatus;
    /** The provider captures once only: everything with the first parcel; what is cancelled later is refunded */
    capturesOnce?: boolean;
}
export type PaymentStatus = "PENDING" | "AUTHORIZED" | "CAPTURED" | "VOIDED" | "REFUNDED" | "PARTIALLY_REFUNDED" | "DECLINED";
export interface OrderShipment {
    /** An identifier */
    id: string;
    /** An identifier */
    trackingNumber: string;
    carrier: Carrier;
    status: ShipmentStatus;
    labelUrl: string;
}
export interface OrderParcel {
    /** An identifier */
    id: string;
    /** An identifier */
    trackingNumber: string;
    carrier: Carrier;
    status: ShipmentStatus;
    labelUrl: string;
    parcel?: number;
    items: PartOfLine[];
}
export interface PartOfLine {
    lineId: string;
    /** An identifier */
    productId: string;
    quantity: number;
}
export interface OrderFailure {
    code: string;
    reason: string;
}
/** The saga that is under way; absent: none */
export interface SagaUnderWay {
    name: string;
    /** The current step: the next that is neither done nor undone */
    step: string;
    phase: SagaPhase;
    /** A point in time, RFC 3339 */
    since: string;
    /** How many rounds of that step have failed, each with its retries */
    attempts: number;
    /** A point in time, RFC 3339 */
    nextTryAt?: string;
    /** Why the last round failed */
    reason?: string;
}
export type SagaPhase = "forward" | "undoing";
/** RFC 9457 problem details */
export type Problem = {
    /** The page of the code: what it means, and what to do */
    type: string;
    title: string;
    status: number;
    detail: string;
    instance: string;
    code: ErrorCode;
    traceId: string;
    errors?: FieldError[];
} & {
    [key: string]: unknown;
};
/**
 * Stable: clients may depend on it. What each means is at `type`
 */
export type ErrorCode = "VALIDATION_FAILED" | "MALFORMED_JSON" | "MALFORMED_REQUEST" | "UNSUPPORTED_MEDIA_TYPE" | "PAYLOAD_TOO_LARGE" | "ROUTE_NOT_FOUND" | "METHOD_NOT_ALLOWED" | "UNAUTHENTICATED" | "FORBIDDEN" | "CHARGES_FORBIDDEN" | "HOLD_FORBIDDEN" | "LINK_INVALID" | "LINK_EXPIRED" | "FOREIGN_ORIGIN" | "UNEXPECTED_HOST" | "INTERNAL_TOKEN_REQUIRED" | "CALLER_REQUIRED" | "RATE_LIMITED" | "TOO_MANY_STREAMS" | "TOO_MANY_REBUILDS" | "IDEMPOTENCY_KEY_REUSED" | "REQUEST_IN_PROGRESS" | "PRECONDITION_FAILED" | "ORDER_NOT_FOUND" | "OUT_OF_STOCK" | "PRODUCT_NOT_FOUND" | "PRICE_CHANGED" | "CURRENCY_MISMATCH" | "PAYMENT_DECLINED" | "PAYMENT_UNAVAILABLE" | "INVENTORY_UNAVAILABLE" | "PRODUCTS_UNAVAILABLE" | "SHIPPING_UNAVAILABLE" | "TOO_MANY_UNCONFIRMED" | "ORDER_CANCELLED" | "INVALID_TRANSITION" | "ORDER_NOT_EDITABLE" | "ADDRESS_CHANGED_TOO_OFTEN" | "ADDRESS_REQUIRED" | "QUANTITY_TOO_HIGH" | "AMOUNT_TOO_HIGH" | "NOT_SHIPPED" | "OTHER_SHIPMENT" | "RESERVATION_NOT_FOUND" | "RESERVATION_CLOSED" | "PART_MISMATCH" | "NOT_RESERVED" | "PAYMENT_NOT_FOUND" | "PAYMENT_CLOSED" | "PAYMENT_MISMATCH" | "PROVIDER_ERROR" | "PROVIDER_UNAVAILABLE" | "SHIPMENT_NOT_FOUND" | "SHIPMENT_CLOSED" | "PRODUCT_EXISTS" | "NOTIFICATION_NOT_FOUND" | "WEBHOOK_NOT_FOUND" | "TOO_MANY_WEBHOOKS" | "WEBHOOK_PAUSED" | "DELIVERY_NOT_FOUND" | "TOO_MANY_REDELIVERIES" | "ALREADY_SENT" | "NO_SAGA" | "NOT_COMPENSATABLE" | "BREAKER_NOT_FOUND" | "INTERNAL" | "CHAOS_INJECTED" | "SERVICE_UNAVAILABLE" | "STORE_FULL" | "BAD_GATEWAY" | "GATEWAY_TIMEOUT";
export interface FieldError {
    path: string;
    message: string;
}
export interface OrderPage {
    items: Order[];
    nextCursor: string | null;
}
export interface OrderEvents {
    /** An identifier */
    orderId: string;
    events: Event[];
    /** `after` of the next page; null: this is the last page */
    next: number | null;
}
export interface Event {
    id: string;
    version: number;
    type: string;
    /** A point in time, RFC 3339 */
    at: string;
    data: {
        [key: string]: unknown;
    };
    /** The version of the form of `data`. 2: amounts are decimals with a currency; `1` if absent */
    dataVersion: number;
    traceId: string;
}
export interface Shipment {
    /** An identifier */
    id: string;
    /** The same as `id` */
    shipmentId: string;
    /** An identifier */
    orderId: string;
    /** Which parcel of the order; absent: its only one */
    parcel?: number;
    /** An identifier */
    trackingNumber: string;
    carrier: Carrier;
    status: ShipmentStatus;
    shippingAddress: Address;
    items: PackedItem[];
    /** Can be opened without a token for some days */
    labelUrl: string;
    estimatedDeliveryDays: number;
    history: ShipmentHistoryEntry[];
    /** Whether the order service has received this status */
    orderTold: boolean;
}
export interface PackedItem {
    /** An identifier */
    productId: string;
    quantity: number;
    name?: string;
}
export interface ShipmentHistoryEntry {
    status: ShipmentStatus;
    /** A point in time, RFC 3339 */
    at: string;
    location?: string;
    notes?: string;
}
export interface CartAvailability {
    available: boolean;
    optimistic: boolean;
    items: CartLineAvailability[];
}
export interface CartLineAvailability {
    /** An identifier */
    productId: string;
    quantity: number;
    available: boolean;
    inStock?: number;
}
export interface OrderRefunds {
    /** An identifier */
    orderId: string;
    items: OrderRefund[];
    /** A decimal number with as many places as its currency has */
    refunded: number;
}
export interface OrderRefund {
    number: number;
    /** A point in time, RFC 3339 */
    at: string;
    by?: string;
    reason?: string;
    items: PartOfLine[];
    /** A decimal number with as many places as its currency has */
    amount: number;
    currency: string;
    kind: RefundKind;
}
export type RefundKind = "refund" | "return" | "cancellation";
export interface OrderReturns {
    /** An identifier */
    orderId: string;
    items: OrderReturn[];
}
export interface OrderReturn {
    number: number;
    /** A point in time, RFC 3339 */
    at: string;
    by?: string;
    reason?: string;
    items: PartOfLine[];
    /** A decimal number with as many places as its currency has */
    amount: number;
    currency: string;
    restocked: boolean;
}
export interface Product {
    /** An identifier */
    id: string;
    name: string;
    description?: string;
    /** A decimal number with as many places as its currency has */
    price: number;
    currency: Currency;
    category?: string;
    /** An identifier */
    sku?: string;
    /** A point in time, RFC 3339 */
    createdAt: string;
    /** A point in time, RFC 3339 */
    updatedAt: string;
}
export interface ProductPage {
    items: Product[];
    nextCursor: string | null;
}
export interface StockLevelPage {
    items: StockLevel[];
    nextCursor: string | null;
}
export interface StockLevel {
    /** An identifier */
    productId: string;
    onHand: number;
    reserved: number;
    available: number;
    initial: number;
    added: number;
    shipped: number;
    restocked: number;
    /** How often the level has changed */
    movements: number;
    /** The part of `reserved` that is held without an order */
    held: number;
    /** The product was deleted from the catalog: none of it can be reserved any more */
    withdrawn?: boolean;
}
export interface AvailabilityOfProduct {
    /** An identifier */
    productId: string;
    quantity: number;
    available: boolean;
    inStock: number;
}
export interface Availability {
    available: boolean;
    items: AvailabilityOfProduct[];
}
export interface Reservation {
    /** An identifier */
    orderId: string;
    status: ReservationStatus;
    items: StockLine[];
    /** What of the items is still reserved */
    open: StockLine[];
    /** What was settled part by part, oldest first */
    parts?: SettledPart[];
    /** A hold: then it is released, unless an order takes it over */
    holdUntil?: string;
    /** A point in time, RFC 3339 */
    updatedAt: string;
}
export interface StockLine {
    /** An identifier */
    productId: string;
    quantity: number;
}
export interface SettledPart {
    /** An identifier */
    ref?: string;
    what: Settlement;
    items: StockLine[];
}
export type Settlement = "release" | "commit" | "restock";
export interface ReservationPage {
    items: Reservation[];
    nextCursor: string | null;
}
export interface PaymentPage {
    items: Payment[];
    nextCursor: string | null;
}
export interface Payment {
    /** An identifier */
    id: string;
    /** The same as `id` */
    paymentId: string;
    /** An identifier */
    orderId: string;
    /** False while it is pending, and when it was declined */
    success: boolean;
    /** `PENDING`: sent to the provider, the outcome is not known yet */
    status: PaymentStatus;
    /** A decimal number with as many places as its currency has */
    amount: number;
    /** A decimal number with as many places as its currency has */
    captured: number;
    /** A decimal number with as many places as its currency has */
    refunded: number;
    /** What is authorized, and not captured yet */
    open: number;
    /** ISO 4217 */
    currency: string;
    method: string;
    /** The provider captures it once only */
    capturesOnce?: boolean;
    /** A point in time, RFC 3339 */
    createdAt: string;
    /** A point in time, RFC 3339 */
    updatedAt: string;
}
export interface Ledger {
    /** An identifier */
    paymentId: string;
    items: Transaction[];
    /** A decimal number with as many places as its currency has */
    captured: number;
    /** A decimal number with as many places as its currency has */
    refunded: number;
    /** ISO 4217 */
    currency: string;
}
export interface Transaction {
    id: string;
    type: TransactionType;
    /** A decimal number with as many places as its currency has */
    amount: number;
    /** The part of the order that it belongs to */
    ref?: string;
    /** A point in time, RFC 3339 */
    at: string;
    /** The provider's reference */
    reference?: string;
    reason?: string;
}
export type TransactionType = "AUTHORIZE" | "CAPTURE" | "VOID" | "REFUND" | "DECLINE";
export interface ShipmentPage {
    items: Shipment[];
    nextCursor: string | null;
}
export interface CancelledShipment {
    /** An identifier */
    orderId: string;
    /** Which parcel of the order; absent: its only one */
    parcel?: number;
    status: string;
}
export interface TrackedShipment {
    /** An identifier */
    id?: string;
    /** The same as `id` */
    shipmentId?: string;
    /** An identifier */
    orderId?: string;
    /** Which parcel of the order; absent: its only one */
    parcel?: number;
    /** An identifier */
    trackingNumber: string;
    carrier: Carrier;
    status: ShipmentStatus;
    shippingAddress?: Address;
    items?: PackedItem[];
    /** Can be opened without a token for some days */
    labelUrl?: string;
    estimatedDeliveryDays: number;
    history: ShipmentHistoryEntry[];
    /** Whether the order service has received this status */
    orderTold?: boolean;
}
export interface NotificationPage {
    items: Notification[];
    nextCursor: string | null;
}
export interface Notification {
    /** An identifier */
    id: string;
    /** An identifier */
    orderId: string;
    kind: NotificationKind;
    channel?: NotificationChannel;
    /** An e-mail address or a phone number, or the id of a customer with neither */
    to?: string;
    subject?: string;
    body?: string;
    status: NotificationStatus;
    attempts: number;
    /** When the event happened */
    at: string;
    /** Why the last attempt failed, or why it is withheld */
    reason?: string;
    /** A point in time, RFC 3339 */
    nextAttemptAt?: string;
}
export type NotificationKind = "order-received" | "order-awaiting-confirmation" | "order-confirmed" | "order-processing" | "order-shipped" | "parcel-shipped" | "order-delivered" | "order-cancelled" | "order-rejected" | "order-returned" | "items-cancelled" | "items-returned" | "payment-received" | "payment-refunded" | "shipment-out-for-delivery" | "shipment-exception";
export type NotificationChannel = "log" | "smtp" | "sms" | "webhook";
export interface WebhookWithSecret {
    /** An identifier */
    id: string;
    url: string;
    events: string[];
    description?: string;
    status: WebhookStatus;
    /** Why it is paused */
    reason?: string;
    /** When it became active, was changed, or was paused */
    since: string;
    /** A point in time, RFC 3339 */
    createdAt: string;
    /** Signs the deliveries, as in Standard Webhooks. It is not shown again */
    secret: string;
}
export type WebhookStatus = "ACTIVE" | "PAUSED";
export interface WebhookPage {
    items: Webhook[];
    nextCursor: string | null;
}
export interface Webhook {
    /** An identifier */
    id: string;
    url: string;
    events: string[];
    description?: string;
    status: WebhookStatus;
    /** Why it is paused */
    reason?: string;
    /** When it became active, was changed, or was paused */
    since: string;
    /** A point in time, RFC 3339 */
    createdAt: string;
}
export interface DeliveryPage {
    items: Delivery[];
    nextCursor: string | null;
}
export interface Delivery {
    /** An identifier */
    id: string;
    /** The `webhook-id` of every attempt */
    eventId: string;
    type: string;
    /** An identifier */
    orderId: string;
    status: DeliveryStatus;
    attempts: number;
    /** The time of the last attempt */
    at: string;
    durationMs: number;
    /** The status that the receiver answered; absent: no answer */
    answer?: number;
    /** Why the last attempt failed */
    reason?: string;
    /** A point in time, RFC 3339 */
    nextAttemptAt?: string;
}
export interface FeedPage {
    events: FeedEvent[];
    /** `after` of the next request; 0 if `after` was beyond the end of the feed */
    next: string;
    /** The id of the feed; null while it has no event. Another id than before: the feed is a new one, and its positions start again */
    feed: string | null;
}
export interface FeedEvent {
    id: string;
    version: number;
    type: string;
    /** A point in time, RFC 3339 */
    at: string;
    data: {
        [key: string]: unknown;
    };
    /** The version of the form of `data`. 2: amounts are decimals with a currency; `1` if absent */
    dataVersion: number;
    traceId: string;
    stream: string;
    position: string;
    /** The span that wrote it, if its trace is recorded */
    spanId?: string;
}
export interface Breakers {
    breakers: Breaker[];
}
export interface Breaker {
    name: string;
    state: BreakerState;
    stats: {
        [key: string]: number;
    };
    config: {
        [key: string]: number;
    };
}
export type BreakerState = "CLOSED" | "OPEN" | "HALF_OPEN";
export interface SagaPage {
    items: Saga[];
    nextCursor: string | null;
}
export interface Saga {
    /** An identifier */
    orderId: string;
    saga: string;
    phase: SagaPhase;
    state: SagaState;
    /** A point in time, RFC 3339 */
    startedAt: string;
    /** How many rounds have failed, each with its retries */
    rounds: number;
    /** A point in time, RFC 3339 */
    nextAttemptAt: string | null;
    reason?: string;
    orderStatus: string;
}
export interface Audit {
    balanced: boolean;
    checkedOrders: number;
    inFlight: number;
    discrepancies: Discrepancy[];
}
export interface Discrepancy {
    kind: string;
    id: string;
    detail: string;
}
export interface Token {
    token: string;
    tokenType: string;
    expiresInSeconds: number;
}
export interface SystemHealth {
    status: HealthStatus;
    service: string;
    version: string;
    uptimeSeconds: number;
    dependencies: {
        [key: string]: ServiceHealth;
    };
}
export type HealthStatus = "UP" | "DEGRADED";
export interface ServiceHealth {
    status: ServiceStatus;
    addresses: AddressHealth[];
}
/**
 * NONE: the system is configured to run without this service
 */
export type ServiceStatus = "UP" | "DEGRADED" | "DOWN" | "NONE";
export interface AddressHealth {
    url: string;
    status: AddressStatus;
}
export type AddressStatus = "UP" | "DEGRADED" | "DOWN";
export interface Chaos {
    enabled: boolean;
    failureRate: number;
    latencyMs: number;
    dropRate: number;
    expiresAt: string | null;
}
export interface Lamp {
    status: string;
}
export interface Operations {
    /** Places an order: reserves the stock, authorizes the payment, confirms; or undoes it all */
    "POST /orders": {
        body: PlaceOrder;
        answer: Order;
    };
    /** Orders, newest first */
    "GET /orders": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            status?: OrderStatus;
            /** An identifier */
            customerId?: string;
            /** Only orders that an operator has to look at */
            needsAttention?: string;
            /** A point in time, RFC 3339 */
            from?: string;
            /** A point in time, RFC 3339 */
            to?: string;
        };
        answer: OrderPage;
    };
    /** The order; with `version` or `at`, as it was then, rebuilt from its events */
    "GET /orders/{id}": {
        query: {
            version?: number;
            /** A point in time, RFC 3339 */
            at?: string;
        };
        answer: Order;
    };
    /** Cancels the order: gives the money and the stock back; once something was shipped, or with `items`, what is open of it */
    "DELETE /orders/{id}": {
        body: CancelOrder;
        answer: Order;
    };
    /** Changes the shipping address */
    "PUT /orders/{id}": {
        body: UpdateOrder;
        answer: Order;
    };
    /** Everything that happened to the order; `Accept: text/event-stream`: live; `text/plain`: a timeline to read */
    "GET /orders/{id}/events": {
        query: {
            /** How many events; 50 if absent, for `text/plain` 200 */
            limit?: number;
            /** Only events after this version: `next` of the previous page */
            after?: number;
        };
        answer: OrderEvents;
    };
    /** Confirms an order that was placed with `autoConfirm: false` */
    "POST /orders/{id}/confirm": {
        answer: Order;
    };
    /** Ships a parcel with these items, or with all that is left: books the shipment, captures its share of the payment, commits the stock */
    "POST /orders/{id}/fulfill": {
        body: FulfillOrder;
        answer: Order;
    };
    /** The shipment's tracking history */
    "GET /orders/{id}/track": {
        answer: Shipment;
    };
    /** Cancels the order: gives the money and the stock back; once something was shipped, or with `items`, what is open of it */
    "POST /orders/{id}/cancel": {
        body: CancelOrder;
        answer: Order;
    };
    /** Takes delivered items back, or all of them: refunds their share to the cent, and restocks */
    "POST /orders/{id}/return": {
        body: ReturnOrder;
        answer: Order;
    };
    /** Gives money back without goods: at most what was captured and not refunded yet */
    "POST /orders/{id}/refund": {
        body: RefundOrder;
        answer: Order;
    };
    /** Whether a cart could be ordered right now; `optimistic` while inventory cannot be reached */
    "GET /availability": {
        query: {
            /** URL-encoded JSON: `[{"productId","quantity"}]` */
            items?: string;
            /** An identifier */
            productId?: string;
            quantity?: number;
        };
        answer: CartAvailability;
    };
    /** Starts to process a confirmed order */
    "POST /orders/{id}/process": {
        answer: Order;
    };
    /** What was given back of what the order cost: when and why, oldest first */
    "GET /orders/{id}/refunds": {
        answer: OrderRefunds;
    };
    /** What came back, oldest first */
    "GET /orders/{id}/returns": {
        answer: OrderReturns;
    };
    /** Carries out the command that leads to this status; `DELIVERED`: shipping delivers the parcel, and the order follows */
    "PUT /orders/{id}/status": {
        body: OrderStatusChange;
        answer: Order;
    };
    /** Adds a product to the catalog; without an id it gets one */
    "POST /products": {
        body: ProductGiven;
        answer: Product;
    };
    /** The catalog */
    "GET /products": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            category?: string;
            /** Only these products, comma-separated; those that exist come on one page */
            ids?: string;
        };
        answer: ProductPage;
    };
    /** Changes the fields given, the currency only together with the price; existing orders do not change */
    "PUT /products/{productId}": {
        body: ProductChange;
        answer: Product;
    };
    /** Removes a product from the catalog; existing orders do not change */
    "DELETE /products/{productId}": {
        answer: Product;
    };
    /** A product */
    "GET /products/{productId}": {
        answer: Product;
    };
    /** Products with every word of the query, or a word that begins with it; best match first */
    "GET /products/search/{query}": {
        query: {
            limit?: number;
        };
        answer: ProductPage;
    };
    /** Stock levels of all products */
    "GET /inventory": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
        };
        answer: StockLevelPage;
    };
    /** Adds stock */
    "PUT /inventory/{productId}": {
        body: AddStock;
        answer: StockLevel;
    };
    /** The stock level of a product */
    "GET /inventory/{productId}": {
        answer: StockLevel;
    };
    /** Whether this quantity is available right now */
    "GET /inventory/{productId}/availability": {
        query: {
            quantity?: number;
        };
        answer: AvailabilityOfProduct;
    };
    /** Releases stock that was held without an order */
    "POST /inventory/{productId}/release": {
        body: HeldQuantity;
        answer: StockLevel;
    };
    /** Holds stock without an order */
    "POST /inventory/{productId}/reserve": {
        body: HeldQuantity;
        answer: StockLevel;
    };
    /** Whether these items are available right now */
    "GET /inventory/check": {
        query: {
            /** URL-encoded JSON: `[{"productId","quantity"}]` */
            items?: string;
            /** An identifier */
            productId?: string;
            quantity?: number;
        };
        answer: Availability;
    };
    /** Takes the reserved goods of an order out of stock: they have left */
    "POST /inventory/commit": {
        body: SettleStock;
        answer: Reservation;
    };
    /** Releases the reservation of an order */
    "POST /inventory/release": {
        body: SettleStock;
        answer: Reservation;
    };
    /** All reservations, the newest order first */
    "GET /inventory/reservations": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            status?: ReservationStatus;
        };
        answer: ReservationPage;
    };
    /** The reservation of an order */
    "GET /inventory/reservations/{orderId}": {
        answer: Reservation;
    };
    /** Reserves all items of an order, or none */
    "POST /inventory/reserve": {
        body: ReserveStock;
        answer: Reservation;
    };
    /** Puts the goods of a returned order back into stock */
    "POST /inventory/restock": {
        body: SettleStock;
        answer: Reservation;
    };
    /** Payments, newest order first */
    "GET /payments": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            /** An identifier */
            orderId?: string;
        };
        answer: PaymentPage;
    };
    /** A payment */
    "GET /payments/{id}": {
        answer: Payment;
    };
    /** The ledger of a payment; it always adds up */
    "GET /payments/{id}/transactions": {
        answer: Ledger;
    };
    /** Authorizes the payment of an order; repeated, it answers with the same payment */
    "POST /payments/authorize": {
        body: AuthorizePayment;
        answer: Payment;
    };
    /** Captures authorized money: `amount`, or all that is left; once for each `ref`, and once without one */
    "POST /payments/capture": {
        body: CapturePayment;
        answer: Payment;
    };
    /** Gives money back: voids an authorization as a whole; refunds captured money, all that is left or `amount` */
    "POST /payments/refund": {
        body: RefundPayment;
        answer: Payment;
    };
    /** Books a parcel of an order and makes its label; repeated, it answers with the same shipment */
    "POST /shipments": {
        body: CreateShipment;
        answer: Shipment;
    };
    /** Shipments, newest order first */
    "GET /shipments": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            /** An identifier */
            orderId?: string;
            status?: ShipmentStatus;
        };
        answer: ShipmentPage;
    };
    /** Cancels a shipment that is not in transit yet */
    "DELETE /shipments/{id}": {
        answer: Shipment;
    };
    /** A shipment */
    "GET /shipments/{id}": {
        answer: Shipment;
    };
    /** Records what the carrier reports; the order follows */
    "PUT /shipments/{id}/status": {
        body: ShipmentStatusChange;
        answer: Shipment;
    };
    /** Cancels a parcel of an order; one that does not exist yet can then never be booked */
    "POST /shipments/cancel": {
        body: ParcelOfOrder;
        answer: CancelledShipment;
    };
    /** Records that a parcel of an order was delivered; missing earlier states are added to its history */
    "POST /shipments/deliver": {
        body: ParcelOfOrder;
        answer: Shipment;
    };
    /** The label to print, with a scannable barcode */
    "GET /shipments/labels/{trackingNumber}": {
        query: {
            expires?: string;
            signature?: string;
        };
    };
    /** The shipment with this tracking number; through a link in a mail, only its progress */
    "GET /shipments/track/{trackingNumber}": {
        query: {
            expires?: string;
            signature?: string;
        };
        answer: TrackedShipment;
    };
    /** Notifications, newest first; DEAD: given up after too many attempts; WITHHELD: not to be sent */
    "GET /notifications": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            /** An identifier */
            orderId?: string;
            status?: NotificationStatus;
        };
        answer: NotificationPage;
    };
    /** A notification */
    "GET /notifications/{id}": {
        answer: Notification;
    };
    /** Sends a notification that is DEAD or WITHHELD after all; one that was sent is not sent twice */
    "POST /notifications/{id}/retry": {
        answer: Notification;
    };
    /** Posts events to an address from now on, as CloudEvents, with a Standard Webhooks signature */
    "POST /webhooks": {
        body: WebhookGiven;
        answer: WebhookWithSecret;
    };
    /** Webhooks, newest first; PAUSED: by an operator, by 410 Gone, or after a day without success */
    "GET /webhooks": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
        };
        answer: WebhookPage;
    };
    /** Changes a webhook, and resumes it where it stopped, unless it is to be paused */
    "PUT /webhooks/{id}": {
        body: WebhookGiven;
        answer: Webhook;
    };
    /** Removes a webhook with its secrets and its deliveries; nothing is delivered any more */
    "DELETE /webhooks/{id}": {
        answer: Webhook;
    };
    /** A webhook */
    "GET /webhooks/{id}": {
        answer: Webhook;
    };
    /** Deliveries, newest first: all that are failing, and the last thousand that succeeded */
    "GET /webhooks/{id}/deliveries": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            status?: DeliveryStatus;
        };
        answer: DeliveryPage;
    };
    /** Delivers an event once more, at once and beside the others of its order */
    "POST /webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        answer: Delivery;
    };
    /** Delivers everything since a time again, in the order in which it came; newer events come after that */
    "POST /webhooks/{id}/replay": {
        body: Replay;
        answer: Webhook;
    };
    /** Makes a new secret; for 24 hours the old one signs, too */
    "POST /webhooks/{id}/rotate-secret": {
        answer: WebhookWithSecret;
    };
    /** All events of a service, in an order that never skips one; `Accept: text/event-stream`: live */
    "GET /services/{service}/events": {
        query: {
            /**
             * `next` of the previous answer. `end`: only events from now on
             * @default 0
             */
            after: string;
            limit?: number;
        };
        answer: FeedPage;
    };
    /** Closes all breakers, or the one named */
    "POST /circuit-breaker/reset": {
        body: ResetBreakers;
        answer: Breakers;
    };
    /** The circuit breakers */
    "GET /circuit-breaker/status": {
        answer: Breakers;
    };
    /** Unfinished sagas */
    "GET /sagas": {
        query: {
            limit?: number;
            /** `nextCursor` of the previous page */
            cursor?: string;
            state?: SagaState;
        };
        answer: SagaPage;
    };
    /** Undoes an unfinished saga */
    "POST /sagas/{orderId}/compensate": {
        body: SagaNote;
        answer: Order;
    };
    /** Declares an unfinished saga settled by hand */
    "POST /sagas/{orderId}/resolve": {
        body: ResolveSaga;
        answer: Order;
    };
    /** Retries an unfinished saga at once */
    "POST /sagas/{orderId}/retry": {
        body: SagaNote;
        answer: Order;
    };
    /** Compares the books of all services */
    "GET /audit": {
        answer: Audit;
    };
    /** Issues a token for any user and role; only in development */
    "POST /auth/token": {
        body: TokenRequest;
        answer: Token;
    };
    /** The health of every service */
    "GET /health": {
        answer: SystemHealth;
    };
    /** Everything that happens in the system, as Server-Sent Events */
    "GET /live": Record<string, never>;
    /** The faults that are being injected */
    "GET /chaos": {
        answer: Chaos;
    };
    /** Injects faults for a limited time */
    "PUT /chaos": {
        body: ChaosChange;
        answer: Chaos;
    };
    /** Liveness: whether the process should keep running */
    "GET /livez": {
        answer: Lamp;
    };
    /** Metrics for Prometheus */
    "GET /metrics": Record<string, never>;
    /** Readiness: whether requests should be sent to this process */
    "GET /readyz": {
        answer: Lamp;
    };
}
