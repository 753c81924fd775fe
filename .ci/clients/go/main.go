package main

import (
	"context"
	"fmt"

	oms "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func main() {
	ctx := context.Background()
	api := oms.NewAPIClient(oms.NewConfiguration())
	token := must(api.GatewayAPI.IssueToken(ctx).TokenRequest(oms.TokenRequest{UserId: "ada", Roles: []oms.Role{oms.ADMIN}}).Execute())
	ctx = context.WithValue(ctx, oms.ContextAccessToken, token.Token)

	cart := oms.NewPlaceOrder([]oms.LineToOrder{*oms.NewLineToOrder("PROD001", 3)})
	cart.SetCustomerId("ada")
	cart.SetShippingAddress(oms.AddressGiven{Street: "12 Main St", City: oms.PtrString("Springfield"), Zip: oms.PtrString("12345"), Country: oms.PtrString("US")})
	order := must(api.OrdersAPI.PlaceOrder(ctx).PlaceOrder(*cart).IdempotencyKey("go-1").Execute())
	again := must(api.OrdersAPI.PlaceOrder(ctx).PlaceOrder(*cart).IdempotencyKey("go-1").Execute())
	check(again.Id == order.Id, "repeated, it is the same order")
	check(must(api.OrdersAPI.GetOrder(ctx, order.Id).Execute()).Status == oms.CONFIRMED, "confirmed")
	check(must(api.OrdersAPI.GetOrderEvents(ctx, order.Id).Execute()).Events[0].Type == "order.placed", "followed")

	one := oms.PartGiven{LineId: oms.PtrString("1"), Quantity: 1}
	part := must(api.OrdersAPI.FulfillOrder(ctx, order.Id).FulfillOrder(oms.FulfillOrder{Items: []oms.PartGiven{one}}).Execute())
	check(part.Status == oms.PARTIALLY_SHIPPED, "partially shipped")
	shipped := must(api.OrdersAPI.FulfillOrder(ctx, order.Id).FulfillOrder(oms.FulfillOrder{}).Execute())
	check(shipped.Status == oms.SHIPPED && len(shipped.Shipments) == 2, "shipped in two parcels")

	other := must(api.OrdersAPI.PlaceOrder(ctx).PlaceOrder(*cart).Execute())
	check(must(api.OrdersAPI.CancelOrder(ctx, other.Id).CancelOrder(oms.CancelOrder{}).Execute()).Status == oms.CANCELLED, "cancelled")
	_, _, err := api.OrdersAPI.FulfillOrder(ctx, other.Id).FulfillOrder(oms.FulfillOrder{}).Execute()
	refused := err.(*oms.GenericOpenAPIError).Model().(oms.Problem)
	check(refused.Code == oms.INVALID_TRANSITION, "not shipped once cancelled")
}

func must[T any](answer T, _ any, err error) T {
	check(err == nil, fmt.Sprint(err))
	return answer
}

func check(ok bool, what string) {
	if !ok {
		panic(what)
	}
}
