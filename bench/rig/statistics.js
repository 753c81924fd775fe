export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median over the rounds, and the smallest and the largest. */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** How one thing compares with another, round by round, so that what troubled a whole round troubles no ratio. */
export const ratios = (values, bases) => spread(values.map((value, round) => value / bases[round]));
