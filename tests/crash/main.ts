import { type Options, readOptions, USAGE } from './options.ts';
import { run } from './run.ts';

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exit(2);
}
console.log(`seed ${options.seed}`);
try {
  const { orders, faults, violations } = await run(options, (line) => console.log(line));
  console.log(`${orders} orders, ${faults} faults, ${violations} violations (seed ${options.seed})`);
  process.exit(violations === 0 ? 0 : 1);
} catch (error) {
  console.error(error);
  process.exit(1);
}
