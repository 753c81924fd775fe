import { Complaint } from './complaint.js';

const OPTIONS = {
  '--durable': 'brings up a PostgreSQL of its own, whose data is in .data/postgres',
  '--watch': 'compiles and restarts what is changed; npm run dev',
  '--chaos': '5 % of all requests fail on purpose; npm run chaos:test',
  '--help': 'says this',
};

/** What was asked for: services by their names, and how they are to run. */
export function parse(args, env) {
  refuseSwallowed(env);
  const names = args.filter((arg) => !arg.startsWith('-'));
  const flags = args.filter((arg) => arg.startsWith('-')).map((flag) => (flag === '-h' ? '--help' : flag));
  const unknown = flags.filter((flag) => !(flag in OPTIONS));
  if (unknown.length > 0) {
    const known = Object.keys(OPTIONS).join(', ');
    throw new Complaint(`There is no option ${unknown.join(', ')}. The options are: ${known}.`);
  }
  const [durable, watch, chaos, help] = Object.keys(OPTIONS).map((option) => flags.includes(option));
  return { names, durable, watch, chaos, help };
}

/** npm takes every option before `--` for its own, and runs the script without it. */
function refuseSwallowed({ npm_lifecycle_event, ...env }) {
  if (!/^(start(:\w+)?|dev|chaos:test)$/.test(npm_lifecycle_event ?? '')) return;
  const swallowed = Object.keys(OPTIONS).filter((option) => env[`npm_config_${option.slice(2)}`]);
  if (swallowed.length === 0) return;
  const command = npm_lifecycle_event === 'start' ? 'npm start' : `npm run ${npm_lifecycle_event}`;
  throw new Complaint(
    `npm keeps ${swallowed.join(', ')} for itself. What you mean is: ${command} -- ${swallowed.join(' ')}`,
  );
}

export function help(services) {
  const width = Math.max(...Object.keys(OPTIONS).map((option) => option.length));
  const options = Object.entries(OPTIONS).map(([option, what]) => `  ${option.padEnd(width)}   ${what}`);
  return [
    'npm start                          installs and builds what is needed, then runs every service; Ctrl-C stops',
    'npm start -- order payment         runs some of them; the others are looked for at their usual places',
    'npm run start:order                runs one of them, at PORT if that is set; each has such a script',
    'npm start -- --durable             with options, behind the --',
    '',
    ...options,
    '',
    `The services are: ${services.join(', ')}.`,
    'Environment variables, which may also stand in a file .env, are described in .env.example.',
  ].join('\n');
}
