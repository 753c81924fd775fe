import schemathesis

IN_STOCK = ["PROD001", "PROD002", "PROD003", "PROD004", "PROD005"]
PROTOTYPES = {"__proto__", "constructor", "prototype"}


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
    return body


@schemathesis.hook
def filter_body(context, body):
    """A key that could change what an object is gets a 400 of its own, wherever it stands."""
    return not names_prototype(body)


def names_prototype(value):
    if isinstance(value, dict):
        return not PROTOTYPES.isdisjoint(value) or any(map(names_prototype, value.values()))
    return isinstance(value, list) and any(map(names_prototype, value))
