-- `orders_unfinished` finds the same orders: there are few of them, and every order had to be entered here, too.
DROP INDEX orders_with_saga;
