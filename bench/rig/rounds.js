/**
 * Measures contenders in turn, round after round, each in fresh processes that are warmed up first. Answers, for each
 * contender, what each round has shown at each number of connections.
 */
export async function interleaved(rig, contenders, { connections, requests = {} }) {
  const results = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rig.rounds; round++) {
    // Who comes first changes, so that nobody always follows the same neighbour.
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length];
      rig.say(`round ${round + 1} of ${rig.rounds}: ${contender.name}`);
      results[contender.name].push(await once(rig, contender, { connections, requests }));
    }
  }
  return results;
}

async function once(rig, { start, ...contender }, { connections, requests }) {
  const running = await start(rig);
  try {
    const load = { kind: 'placing', what: {}, port: running.port, ...requests, ...contender.requests };
    const counts = contender.connections ?? connections;
    // So many orders that node has compiled what they need, however slow the machine is; but not for ever.
    const most = rig.warmUpOrders * [running.port].flat().length;
    await rig.load.run({ ...load, connections: counts[0], ms: rig.warmUpMs, most });
    const shown = {};
    for (const count of counts)
      shown[count] = await measured(rig, running, { ...load, connections: count, ms: rig.ms });
    return shown;
  } finally {
    await running.stop();
  }
}

/** What each order costs, and how many there are in a second. */
export async function measured(rig, { cpuMs, usesPostgres }, load) {
  const before = usesPostgres ? await rig.postgres.used() : undefined;
  const cpuBefore = cpuMs();
  const { all, perSecond, p50, p99 } = await rig.load.run(load);
  const cpu = (cpuMs() - cpuBefore) / all;
  const shown = { cpu, perSecond, p50, p99 };
  if (!before) return shown;
  const after = await rig.postgres.used();
  const per = (what) => (after[what] - before[what]) / all;
  return { ...shown, commits: per('commits'), fsyncs: per('fsyncs'), databaseCpu: per('cpuMs') };
}
