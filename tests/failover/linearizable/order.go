package main

import "github.com/anishathalye/porcupine"

type order struct {
	version int
	status  string
}

// An order goes on by itself, too: its saga changes it. So an answer may be newer than what was known, and never older; one
// version has one status; and what is final stays.
var orders = porcupine.Model{
	Init: func() any { return order{} },
	Step: func(state, input, _ any) (bool, any) {
		now, one := state.(order), input.(operation)
		if one.What == "missing" {
			return now.version == 0, now
		}
		next := order{one.Version, one.Status}
		final := now.status == "REJECTED" || now.status == "CANCELLED"
		possible := next.version > now.version || next == now
		return possible && (!final || next.status == now.status), next
	},
}
