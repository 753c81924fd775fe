interface Arrow {
  from: string;
  to: string;
  /** The gateway sends a client's request on; a service calls another one; events are read. */
  kind: 'forward' | 'call' | 'event';
}

/** The services, in the order in which a request travels. Those of one rank stand side by side. */
const RANKS = [['gateway'], ['order'], ['product', 'inventory', 'payment', 'shipping'], ['notification']];

const arrows = (kind: Arrow['kind'], from: string, ...to: string[]): Arrow[] =>
  to.map((one) => ({ from, to: one, kind }));

const ARROWS: readonly Arrow[] = [
  ...arrows('forward', 'gateway', 'product', 'inventory', 'payment', 'shipping', 'notification'),
  ...arrows('event', 'notification', 'order', 'payment', 'shipping'),
  ...arrows('event', 'inventory', 'product'),
  ...arrows('call', 'shipping', 'order'),
  ...arrows('forward', 'gateway', 'order'),
  ...arrows('call', 'order', 'product', 'inventory', 'payment', 'shipping'),
];

/** An arrow whose straight way comes nearer to a box than this goes round it. */
const CLEARANCE = 88;

/** A place in the picture: along the way of a request, and across it. */
type Place = readonly [along: number, across: number];
type Curve = readonly [Place, Place, Place, Place];

/** A picture that goes from left to right, or from top to bottom. */
interface Plan {
  size: Place;
  boxes: Record<string, Place>;
  /** From the middle of a box to where its arrows begin. */
  half: Place;
  /** The room between a box and an arrow that goes round it. */
  detour: number;
  point(place: Place): Point;
  breakerAt(box: Place, curve: Curve): Place;
}

export interface Point {
  x: number;
  y: number;
}

export interface RoutedArrow extends Arrow {
  path: string;
  /** Where the breaker of a call is shown. */
  breaker: Point;
}

/** The last rank in the wide picture: the one after it stands below the first. */
const LAST = RANKS.length - 2;

/** From left to right. */
export const wideLayout = () =>
  layOut({
    size: [236 + 382 * LAST, 415],
    boxes: placed(RANKS, (rank, i, count) =>
      rank > LAST ? [115, 365] : [115 + 382 * rank, count === 1 ? 207 : 50 + (315 / (count - 1)) * i],
    ),
    half: [112, 42],
    detour: 60,
    point: ([x, y]) => ({ x, y }),
    breakerAt: (_box, [start, , , end]) => [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2],
  });

/** From top to bottom, at most two services in a row. A breaker stands above the box of the called service. */
export function narrowLayout() {
  const rows = RANKS.flatMap((names) => names.flatMap((_, i) => (i % 2 === 0 ? [names.slice(i, i + 2)] : [])));
  return layOut({
    size: [-35 + 135 * rows.length, 360],
    boxes: placed(rows, (row, i, count) => [48 + 135 * row, count === 1 ? 180 : 84 + 192 * i]),
    half: [46, 76],
    detour: 4,
    point: ([y, x]) => ({ x, y }),
    breakerAt: ([along, across]) => [along - 66, across],
  });
}

const placed = (ranks: string[][], place: (rank: number, i: number, count: number) => Place): Plan['boxes'] =>
  Object.fromEntries(ranks.flatMap((names, rank) => names.map((name, i) => [name, place(rank, i, names.length)])));

/** Where an arrow touches a box. All that touch the same side share it, in the order of where they come from. */
interface End {
  box: Place;
  side: 'front' | 'back' | 'near' | 'far';
  comesFrom: number;
}

interface Route {
  start: End;
  end: End;
  /** Where the arrow passes boxes that are in its way. */
  lane: number | undefined;
}

function layOut(plan: Plan) {
  const box = (name: string) => plan.boxes[name] as Place;
  const routes = ARROWS.map((arrow) => ({ arrow, ...routeOf(plan, box(arrow.from), box(arrow.to)) }));
  const ends = routes.flatMap(({ start, end }) => [start, end]);
  const routed = routes.map(({ arrow, ...route }): RoutedArrow => {
    const curve = curveOf(plan, route, ends);
    const [start, ...others] = curve.map(plan.point).map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
    const breaker = plan.point(plan.breakerAt(box(arrow.to), curve));
    return { ...arrow, path: `M${start} C${others.join(' ')}`, breaker };
  });
  const { x: width, y: height } = plan.point(plan.size);
  const boxes = Object.entries(plan.boxes).map(([name, place]) => ({ name, ...plan.point(place) }));
  return { width, height, boxes, arrows: routed };
}

/** Straight on if nothing is in the way, otherwise round it, on the side where the straight way would pass. */
function routeOf({ boxes, half, detour }: Plan, from: Place, to: Place): Route {
  const route = (leave: End['side'], arrive: End['side'], lane?: number): Route => ({
    start: { box: from, side: leave, comesFrom: lane ?? to[1] },
    end: { box: to, side: arrive, comesFrom: lane ?? from[1] },
    lane,
  });
  const way = Math.sign(to[0] - from[0]);
  if (way === 0) return from[1] < to[1] ? route('far', 'near') : route('near', 'far');
  const [leave, arrive] = way > 0 ? (['front', 'back'] as const) : (['back', 'front'] as const);
  const between = Object.values(boxes)
    .filter(([along]) => (along - from[0]) * way > 0 && (to[0] - along) * way > 0)
    .sort((a, b) => (a[0] - b[0]) * way);
  const slope = (to[1] - from[1]) / (to[0] - from[0]);
  const offset = ([along, across]: Place) => from[1] + slope * (along - from[0]) - across;
  const first = between.find((box) => Math.abs(offset(box)) < CLEARANCE);
  if (!first) return route(leave, arrive);
  // An arrow that goes back keeps more room, so that it does not cover the one that goes there.
  const room = (half[1] + detour + (way > 0 ? 0 : 8)) * (offset(first) > 0 ? 1 : -1);
  const covers = (across: number) => (box: Place) => Math.abs(box[1] - across) < half[1];
  const lane = between.reduce((last, box) => (covers(last)(box) ? box[1] + room : last), first[1] + room);
  const side = (box: Place) => (lane < box[1] ? 'near' : 'far');
  return route(covers(lane)(from) ? leave : side(from), between.some(covers(to[1])) ? side(to) : arrive, lane);
}

function curveOf(plan: Plan, { start, end, lane }: Route, ends: readonly End[]): Curve {
  const [a, b] = [touch(plan, start, ends), touch(plan, end, ends)];
  const along = (part: number) => a[0] + (b[0] - a[0]) * part;
  if (start.box[0] === end.box[0]) return [a, a, a, [a[0], b[1]]];
  if (lane === undefined) return [a, [along(0.5), a[1]], [along(0.5), b[1]], b];
  if (end.side === 'front' || end.side === 'back') {
    const across = lane < a[1] ? Math.min(lane, b[1]) : Math.max(lane, b[1]);
    return [a, [along(0.18), across], [along(0.5), across], b];
  }
  const from: Place = start.side === 'front' ? [a[0], lane] : a;
  // A box that is next to the lane is reached in the lane. For any other box the arrow leaves the lane.
  if (Math.abs(lane - b[1]) < plan.half[1] / 2) return [from, [a[0], lane], [along(0.3), lane], [b[0], lane]];
  const bulge = (8 * lane - a[1] - b[1]) / 6;
  return [a, [a[0], bulge], [b[0], bulge], b];
}

function touch({ half }: Plan, end: End, ends: readonly End[]): Place {
  const { box, side } = end;
  const same = ends.filter((one) => one.box === box && one.side === side).sort((a, b) => a.comesFrom - b.comesFrom);
  const isAcross = side === 'front' || side === 'back';
  const gap = Math.min(40, (2 * (isAcross ? half[1] : half[0])) / (same.length + 1));
  const shift = (same.indexOf(end) - (same.length - 1) / 2) * gap;
  const sign = side === 'front' || side === 'far' ? 1 : -1;
  return isAcross ? [box[0] + sign * half[0], box[1] + shift] : [box[0] - sign * shift, box[1] + sign * half[1]];
}
