interface Arrow {
  from: string;
  to: string;
  /** The gateway sends a client's request on; a service calls another one; events are read. */
  kind: 'forward' | 'call' | 'event';
}

/** The services, in the order in which a request travels: those of one rank stand side by side. */
const RANKS = [['gateway'], ['order'], ['product', 'inventory', 'payment', 'shipping'], ['notification']];

const arrows = (kind: Arrow['kind'], from: string, ...to: string[]): Arrow[] =>
  to.map((one) => ({ from, to: one, kind }));

const ARROWS: readonly Arrow[] = [
  ...arrows('forward', 'gateway', 'product', 'inventory', 'payment', 'shipping', 'notification'),
  ...arrows('event', 'notification', 'order', 'payment', 'shipping'),
  ...arrows('call', 'shipping', 'order'),
  ...arrows('forward', 'gateway', 'order'),
  ...arrows('call', 'order', 'product', 'inventory', 'payment', 'shipping'),
];

/** A place in the picture: how far along the way of a request, and how far across it. */
interface Place {
  along: number;
  across: number;
}

/** How one picture is built: from left to right, or from top to bottom. */
interface Plan {
  length: number;
  breadth: number;
  /** From the middle of a box to where its arrows begin. */
  half: Place;
  /** An arrow whose straight way comes nearer to a box than this goes round it. */
  clearance: number;
  /** The room between such an arrow and the box. */
  detour: number;
  boxes: Record<string, Place>;
}

export interface Point {
  x: number;
  y: number;
}

interface Layout {
  width: number;
  height: number;
  /** The middle of each service's box. */
  boxes: Record<string, Point>;
  arrows: RoutedArrow[];
}

export interface RoutedArrow extends Arrow {
  path: string;
  /** Where the breaker of a call is shown. */
  breaker: Point;
}

/** From left to right. Who only reads stands below the gateway. */
export function wideLayout(): Layout {
  const place = (names: string[], rank: number) =>
    names.map((name, i): [string, Place] =>
      rank === RANKS.length - 1
        ? [name, { along: 115, across: 365 }]
        : [name, { along: 115 + 382 * rank, across: names.length === 1 ? 207 : 50 + 105 * i }],
    );
  const boxes = Object.fromEntries(RANKS.flatMap(place));
  const plan = { length: 1000, breadth: 415, half: { along: 112, across: 42 }, clearance: 86, detour: 60, boxes };
  const point = ({ along, across }: Place) => ({ x: along, y: across });
  return layOut(plan, point, (_box, curve) => middleOf(curve));
}

/** From top to bottom, at most two services in a row. A breaker is shown above the box of whom it calls. */
export function narrowLayout(): Layout {
  const rows = RANKS.flatMap((names) => (names.length > 2 ? [names.slice(0, 2), names.slice(2)] : [names]));
  const place = (names: string[], row: number) =>
    names.map((name, i): [string, Place] => [
      name,
      { along: 48 + 135 * row, across: names.length === 1 ? 180 : 84 + 192 * i },
    ]);
  const half = { along: 46, across: 76 };
  const boxes = Object.fromEntries(rows.flatMap(place));
  const plan = { length: 640, breadth: 360, half, clearance: 90, detour: 4, boxes };
  const point = ({ along, across }: Place) => ({ x: across, y: along });
  return layOut(plan, point, ({ along, across }) => ({ along: along - half.along - 20, across }));
}

type Curve = [Place, Place, Place, Place];

/** Where an arrow touches a box. Those that touch the same side are spread along it, by where they come from. */
interface End {
  box: Place;
  side: 'front' | 'back' | 'near' | 'far';
  comesFrom: number;
}

interface Route {
  start: End;
  end: End;
  /** Across, where it passes the boxes in between. */
  lane: number | undefined;
}

function layOut(plan: Plan, point: (place: Place) => Point, breakerAt: (box: Place, curve: Curve) => Place): Layout {
  const { x: width, y: height } = point({ along: plan.length, across: plan.breadth });
  const routes = ARROWS.map(({ from, to }) => routeOf(plan, plan.boxes[from] as Place, plan.boxes[to] as Place));
  const ends = routes.flatMap(({ start, end }) => [start, end]);
  const drawn = ARROWS.map((arrow, i) => {
    const curve = curveOf(plan, routes[i] as Route, ends);
    const [start, ...others] = curve.map(point).map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
    const breaker = point(breakerAt(plan.boxes[arrow.to] as Place, curve));
    return { ...arrow, path: `M${start} C${others.join(' ')}`, breaker };
  });
  const boxes = Object.fromEntries(Object.entries(plan.boxes).map(([name, place]) => [name, point(place)]));
  return { width, height, boxes, arrows: drawn };
}

/** Straight on where nothing is in between; otherwise round it, on the side where the straight way would pass. */
function routeOf({ boxes, half, clearance, detour }: Plan, from: Place, to: Place): Route {
  const route = (leave: End['side'], arrive: End['side'], lane?: number): Route => ({
    start: { box: from, side: leave, comesFrom: lane ?? to.across },
    end: { box: to, side: arrive, comesFrom: lane ?? from.across },
    lane,
  });
  const way = Math.sign(to.along - from.along);
  if (way === 0) return route('far', 'near');
  const [leave, arrive] = way > 0 ? (['front', 'back'] as const) : (['back', 'front'] as const);
  const between = Object.values(boxes)
    .filter(({ along }) => (along - from.along) * way > 0 && (to.along - along) * way > 0)
    .sort((a, b) => (a.along - b.along) * way);
  const slope = (to.across - from.across) / (to.along - from.along);
  const offset = ({ along, across }: Place) => from.across + slope * (along - from.along) - across;
  const first = between.find((box) => Math.abs(offset(box)) < clearance);
  if (!first) return route(leave, arrive);
  // Who goes back keeps a little more room, so that two that go both ways do not meet.
  const room = (half.across + detour + (way > 0 ? 0 : 8)) * (offset(first) > 0 ? 1 : -1);
  const touches = (across: number) => (box: Place) => Math.abs(box.across - across) < half.across;
  const lane = between.reduce((last, box) => (touches(last)(box) ? box.across + room : last), first.across + room);
  const side = (box: Place) => (lane < box.across ? 'near' : 'far');
  return route(touches(lane)(from) ? leave : side(from), between.some(touches(to.across)) ? side(to) : arrive, lane);
}

function curveOf(plan: Plan, { start, end, lane }: Route, ends: readonly End[]): Curve {
  const [a, b] = [touch(plan, start, ends), touch(plan, end, ends)];
  const along = (part: number) => a.along + (b.along - a.along) * part;
  if (start.box.along === end.box.along) return [a, a, a, { ...b, along: a.along }];
  if (lane === undefined) {
    return [a, { along: along(0.5), across: a.across }, { along: along(0.5), across: b.across }, b];
  }
  if (start.side === 'front' || start.side === 'back') a.across = lane;
  if (end.side === 'front' || end.side === 'back') {
    const across = lane < a.across ? Math.min(lane, b.across) : Math.max(lane, b.across);
    return [a, { along: along(0.18), across }, { along: along(0.5), across }, b];
  }
  // Past a box that stands next to the lane it ends beside it; one that stands back is turned to.
  if (Math.abs(lane - b.across) < plan.half.across / 2) {
    const across = lane;
    return [a, { along: a.along, across }, { along: along(0.3), across }, { along: b.along, across }];
  }
  const across = (8 * lane - a.across - b.across) / 6;
  return [a, { along: a.along, across }, { along: b.along, across }, b];
}

/** Where an arrow begins or ends. */
function touch({ half }: Plan, end: End, ends: readonly End[]): Place {
  const { box, side } = end;
  const same = ends.filter((one) => one.box === box && one.side === side);
  same.sort((a, b) => a.comesFrom - b.comesFrom);
  const isAcross = side === 'front' || side === 'back';
  const gap = Math.min(40, (2 * (isAcross ? half.across : half.along)) / (same.length + 1));
  const shift = (same.indexOf(end) - (same.length - 1) / 2) * gap;
  const sign = side === 'front' || side === 'far' ? 1 : -1;
  return isAcross
    ? { along: box.along + sign * half.along, across: box.across + shift }
    : { along: box.along - sign * shift, across: box.across + sign * half.across };
}

function middleOf([p, q, r, s]: Curve): Place {
  const mix = (a: number, b: number, c: number, d: number) => (a + 3 * b + 3 * c + d) / 8;
  return {
    along: mix(p.along, q.along, r.along, s.along),
    across: mix(p.across, q.across, r.across, s.across),
  };
}
