import java.util.List;
import org.openapitools.client.ApiException;
import org.openapitools.client.Configuration;
import org.openapitools.client.api.GatewayApi;
import org.openapitools.client.api.OrdersApi;
import org.openapitools.client.auth.HttpBearerAuth;
import org.openapitools.client.model.*;

public class Lifecycle {
  public static void main(String[] args) throws ApiException {
    var api = Configuration.getDefaultApiClient();
    var token = new GatewayApi(api).issueToken(new TokenRequest().userId("ada").roles(List.of(Role.ADMIN)), null);
    ((HttpBearerAuth) api.getAuthentication("bearer")).setBearerToken(token.getToken());
    var orders = new OrdersApi(api);

    var address = new AddressGiven().street("12 Main St").city("Springfield").zip("12345").country("US");
    var items = List.of(new LineToOrder().productId("PROD001").quantity(3));
    var cart = new PlaceOrder().customerId("ada").items(items).shippingAddress(address);
    var order = orders.placeOrder(cart, null, "java-1");
    check(orders.placeOrder(cart, null, "java-1").getId().equals(order.getId()), "repeated, it is the same order");
    check(orders.getOrder(order.getId(), null, null, null).getStatus() == OrderStatus.CONFIRMED, "confirmed");
    var events = orders.getOrderEvents(order.getId(), null, null).getEvents();
    check(events.get(0).getType().equals("order.placed"), "followed");

    var one = new FulfillOrder().items(List.of(new PartGiven().lineId("1").quantity(1)));
    var part = orders.fulfillOrder(order.getId(), one, null, null, null);
    check(part.getStatus() == OrderStatus.PARTIALLY_SHIPPED, "partially shipped");
    // A list that is not set is empty in Java, and would be no items.
    var rest = new FulfillOrder().items(null);
    var shipped = orders.fulfillOrder(order.getId(), rest, null, null, null);
    check(shipped.getStatus() == OrderStatus.SHIPPED && shipped.getShipments().size() == 2, "shipped in two parcels");

    var other = orders.placeOrder(cart, null, null).getId();
    check(orders.cancelOrder(other, new CancelOrder().items(null), null, null, null).getStatus() == OrderStatus.CANCELLED, "cancelled");
    try {
      throw new AssertionError("shipped, although cancelled: " + orders.fulfillOrder(other, one, null, null, null));
    } catch (ApiException refused) {
      var problem = api.getJSON().deserialize(refused.getResponseBody(), Problem.class);
      check(((Problem) problem).getCode() == ErrorCode.INVALID_TRANSITION, "not shipped once cancelled");
    }
  }

  static void check(boolean ok, String what) {
    if (!ok) throw new AssertionError(what);
  }
}
