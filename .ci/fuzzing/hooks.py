import re

import schemathesis

IN_STOCK = ["PROD001", "PROD002", "PROD003", "PROD004", "PROD005"]
PROTOTYPES = {"__proto__", "constructor", "prototype"}
# Of a price of one piece, and of all that is paid at once: what some currency allows, and what every one does.
MOST = {"price": (10**8, 10**4), "amount": (10**15, 10**11), "refund": (10**15, 10**11)}
# Which lines an order has, no document can say: what is said well of them is left out, which means everything that is left.
OF_LINES = {"POST /orders/{id}/" + command for command in ("fulfill", "cancel", "return")} | {"DELETE /orders/{id}"}
# Where an amount is in dollars when nobody says what it is in.
IN_DOLLARS = {"POST /orders", "POST /products", "POST /payments/authorize"}


@schemathesis.hook
def map_body(context, body):
    """
    Every other order is of what is there, and every other payment by the usual method: made-up ones alone would be refused,
    and no order would get anywhere.
    """
    if context.operation.label not in ("POST /orders", "POST /payments/authorize") or not isinstance(body, dict):
        return body
    if len(str(body)) % 2 == 1:
        body.pop("paymentMethod", None)
    items = body.get("items")
    if not isinstance(items, list) or len(str(items)) % 2 == 0:
        return body
    for place, item in enumerate(items):
        if isinstance(item, dict):
            item.pop("price", None)
            item.update(productId=IN_STOCK[place % len(IN_STOCK)], quantity=1)
    body.pop("currency", None)
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    """Which amounts there are depends on their currency, as no document can say: cents of dollars, and whole ones of all else."""
    if isinstance(case.body, dict):
        in_dollars = "currency" not in case.body and case.operation.label in IN_DOLLARS
        in_dollars = in_dollars or case.body.get("currency") == "USD"
        fit(case.body, in_dollars)
        fit_charges(case.body, in_dollars)
        if case.operation.label in OF_LINES and all(map(is_piece, case.body.get("items") or [])):
            case.body.pop("items", None)


def fit(body, in_dollars):
    """Only amounts of some currency: what is wrong on purpose stays so."""
    for name, (largest, most) in MOST.items():
        amount = body.get(name)
        if type(amount) in (int, float) and 0 < amount <= largest and is_multiple(amount):
            body[name] = min(round(amount, 2 if in_dollars else 0) or 1, most)
    items = body.get("items")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            fit(item, in_dollars)


def is_piece(item):
    quantity = item.get("quantity") if isinstance(item, dict) else None
    if type(quantity) not in (int, float) or quantity != round(quantity) or not 1 <= quantity <= 100_000:
        return False
    line, product = item.get("lineId", "1"), item.get("productId", "1")
    named = "lineId" in item or "productId" in item
    fits = isinstance(line, str) and re.fullmatch(r"[1-9][0-9]{0,2}", line) is not None
    return named and fits and isinstance(product, str) and re.fullmatch(r"[A-Za-z0-9_.:-]{1,64}", product) is not None


def fit_charges(body, in_dollars):
    """Only lines that the order has, and no discount, which may be more than the rest: no document can say either."""
    charges, items = body.get("charges"), body.get("items")
    for charge in charges if isinstance(charges, list) and isinstance(items, list) else []:
        if not isinstance(charge, dict):
            continue
        amount, line = charge.get("amount"), charge.get("lineId")
        if type(amount) in (int, float) and 0 < amount <= MOST["price"][0] and is_multiple(amount):
            charge["amount"] = min(round(amount, 2 if in_dollars else 0) or 1, MOST["price"][1])
        if isinstance(line, str) and line.isdecimal() and int(line) > len(items):
            charge["lineId"] = "1"
        if charge.get("kind") == "DISCOUNT":
            charge["kind"] = "FEE"


def is_multiple(amount):
    return abs(round(amount, 4) - amount) < 1e-9


@schemathesis.hook
def filter_body(context, body):
    """A key that could change what an object is gets a 400 of its own, wherever it stands."""
    return not names_prototype(body)


def names_prototype(value):
    if isinstance(value, dict):
        return not PROTOTYPES.isdisjoint(value) or any(map(names_prototype, value.values()))
    return isinstance(value, list) and any(map(names_prototype, value))
