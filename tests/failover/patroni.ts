import { readdirSync } from 'node:fs';

const PASSWORD = 'test';
const PORT = 5432;

/**
 * The least that Patroni allows is a ttl of 20 s: a primary that is killed is missed after that. It looks every second, and gives
 * up the lead when etcd has not answered for 3 s, long before another may take it. Strict: without a standby no write is
 * acknowledged.
 */
const SETTINGS = {
  ttl: 20,
  loop_wait: 1,
  retry_timeout: 3,
  synchronous_mode: true,
  synchronous_mode_strict: true,
};

/** Debian's newest. */
function binaries(): string {
  const [newest] = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return `/usr/lib/postgresql/${newest}/bin`;
}

/** Patroni reads YAML, which JSON is. */
export function patroniOf(
  name: string,
  address: string,
  folder: string,
  etcds: readonly string[],
  lax: boolean,
): string {
  const settings = lax ? { ...SETTINGS, synchronous_mode: false, synchronous_mode_strict: false } : SETTINGS;
  return JSON.stringify({
    scope: 'oms',
    name,
    restapi: { listen: `${address}:8008`, connect_address: `${address}:8008` },
    etcd3: { hosts: etcds.map((etcd) => `${etcd}:2379`) },
    bootstrap: {
      dcs: { ...settings, maximum_lag_on_failover: 1_073_741_824, postgresql: { use_pg_rewind: true } },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${address}:${PORT}`,
      connect_address: `${address}:${PORT}`,
      data_dir: `${folder}/data`,
      bin_dir: binaries(),
      pgpass: `${folder}/pgpass`,
      authentication: {
        superuser: { username: 'postgres', password: PASSWORD },
        replication: { username: 'replicator', password: PASSWORD },
      },
      pg_hba: ['host all all 10.77.0.0/24 scram-sha-256', 'host replication all 10.77.0.0/24 scram-sha-256'],
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      parameters: {
        unix_socket_directories: folder,
        max_connections: 150,
        shared_buffers: '64MB',
        wal_keep_size: '128MB',
        max_wal_size: '192MB',
        min_wal_size: '80MB',
        wal_sender_timeout: '5s',
        wal_receiver_timeout: '5s',
        wal_retrieve_retry_interval: '1s',
      },
    },
  });
}

export function databaseUrl(addresses: readonly string[]): string {
  const hosts = addresses.map((address) => `${address}:${PORT}`).join();
  return `postgres://postgres:${PASSWORD}@${hosts}/oms?target_session_attrs=read-write`;
}
