// Whether what clients were told of each order and each product is possible if everything happened at one moment, once.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

const patience = 60 * time.Second

type operation struct {
	Of        string
	ID        string
	Client    int
	What      string
	From      int64
	To        *int64
	Version   int
	Status    string
	Movements int
	Quantity  int
	By        string
}

func main() {
	parts, count := read(os.Args[1])
	keys := make([]string, 0, len(parts))
	for key := range parts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	wrong := 0
	for _, key := range keys {
		model := orders
		if parts[key][0].Input.(operation).Of == "product" {
			model = products
		}
		if result := porcupine.CheckOperationsTimeout(model, parts[key], patience); result != porcupine.Ok {
			wrong++
			fmt.Printf("%s: not linearizable (%s)\n", key, result)
		}
	}
	if wrong > 0 {
		os.Exit(1)
	}
	fmt.Printf("%d histories of %d operations are linearizable\n", len(keys), count)
}

func read(name string) (map[string][]porcupine.Operation, int) {
	file, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	parts, count := map[string][]porcupine.Operation{}, 0
	for lines := bufio.NewScanner(file); lines.Scan(); count++ {
		var one operation
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		to := int64(math.MaxInt64)
		if one.To != nil {
			to = *one.To
		}
		key := one.Of + " " + one.ID
		parts[key] = append(parts[key], porcupine.Operation{ClientId: one.Client, Input: one, Call: one.From, Return: to})
	}
	return parts, count
}
