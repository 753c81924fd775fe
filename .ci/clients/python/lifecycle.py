import sys
import uuid

import openapi_client as oms

api = oms.ApiClient()
gateway, orders = oms.GatewayApi(api), oms.OrdersApi(api)
api.configuration.access_token = gateway.issue_token(oms.TokenRequest(user_id="ada", roles=[oms.Role.ADMIN])).token

address = oms.AddressGiven(street="12 Main St", city="Springfield", zip="12345", country="US")
items = [oms.LineToOrder(product_id="PROD001", quantity=3)]
cart = oms.PlaceOrder(customer_id="ada", items=items, shipping_address=address)
key = str(uuid.uuid4())
order = orders.place_order(cart, idempotency_key=key)
assert orders.place_order(cart, idempotency_key=key).id == order.id
assert orders.get_order(order.id).status == oms.OrderStatus.CONFIRMED
assert orders.get_order_events(order.id).events[0].type == "order.placed"

one = oms.FulfillOrder(items=[oms.PartGiven(line_id="1", quantity=1)])
part = orders.fulfill_order(order.id, one)
assert part.status == oms.OrderStatus.PARTIALLY_SHIPPED, part
shipped = orders.fulfill_order(order.id, oms.FulfillOrder())
assert (shipped.status, len(shipped.shipments)) == (oms.OrderStatus.SHIPPED, 2)

other = orders.place_order(cart)
assert orders.cancel_order(other.id, oms.CancelOrder()).status == oms.OrderStatus.CANCELLED
try:
    sys.exit(f"shipped, although cancelled: {orders.fulfill_order(other.id, one)}")
except oms.ApiException as refused:
    assert refused.data.code == oms.ErrorCode.INVALID_TRANSITION
