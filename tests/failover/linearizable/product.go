package main

import (
	"sort"
	"strings"

	"github.com/anishathalye/porcupine"
)

type product struct {
	available int
	// Orders that may have taken some, and may give it back.
	held string
}

// What of a product can be sold. An order that was given up may have taken its part, at any time, and gives it back then.
var products = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{product{}} },
	Step: func(state, input, _ any) []any {
		now, one := state.(product), input.(operation)
		switch one.What {
		case "add", "give":
			return []any{product{now.available + one.Quantity, now.held}}
		case "take":
			return allowed(now.available >= one.Quantity, product{now.available - one.Quantity, now.held})
		case "refused":
			return allowed(now.available < one.Quantity, now)
		case "read":
			return allowed(now.available == one.Quantity, now)
		case "maybe-take":
			taken := product{now.available - one.Quantity, with(now.held, one.By)}
			return append(allowed(now.available >= one.Quantity, taken), now)
		case "maybe-give":
			given := product{now.available + one.Quantity, without(now.held, one.By)}
			return append(allowed(given.held != now.held, given), now)
		case "maybe-return":
			return []any{product{now.available + one.Quantity, now.held}, now}
		}
		panic(one.What)
	},
}).ToModel()

func allowed(is bool, next product) []any {
	if is {
		return []any{next}
	}
	return nil
}

func with(held, by string) string {
	all := append(strings.Fields(held), by)
	sort.Strings(all)
	return strings.Join(all, " ")
}

func without(held, by string) string {
	var left []string
	for _, one := range strings.Fields(held) {
		if one != by {
			left = append(left, one)
		}
	}
	return strings.Join(left, " ")
}
