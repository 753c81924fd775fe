import schemathesis

IN_STOCK = ["PROD001", "PROD002", "PROD003", "PROD004", "PROD005"]
PROTOTYPES = {"__proto__", "constructor", "prototype"}
# Of a price of one piece, and of all that is paid at once: what some currency allows, and what every one does.
MOST = {"price": (10**8, 10**4), "amount": (10**15, 10**11)}
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
        fit(case.body, in_dollars or case.body.get("currency") == "USD")


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
