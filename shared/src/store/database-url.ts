/** `postgres://user@one:5432,two:5432/oms?target_session_attrs=read-write`: several servers, as libpq writes them. */
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]+)(.*)$/;

/** The address of each server that a URL names. */
export function serversIn(url: string): string[] {
  const [, before, hosts = '', after] = PARTS.exec(url) ?? [];
  return hosts.split(',').map((host) => `${before}${host}${after}`);
}

/** Decisions need the server that takes writes: no other kind of session is possible. */
export function isDatabaseUrl(text: string): boolean {
  if (!serversIn(text).every(isServer)) return false;
  const wanted = new URL(serversIn(text)[0] as string).searchParams.get('target_session_attrs');
  return [null, 'read-write', 'primary'].includes(wanted);
}

/** The name of the database; empty: none is named. */
export function databaseIn(url: string): string {
  return decodeURIComponent(new URL(serversIn(url)[0] as string).pathname.slice(1));
}

/** The same servers with another database. */
export function withDatabase(url: string, name: string): string {
  const [, before, hosts] = PARTS.exec(url) ?? [];
  const first = new URL(serversIn(url)[0] as string);
  first.pathname = `/${name}`;
  return `${before}${hosts}${first.pathname}${first.search}`;
}

const isServer = (one: string): boolean =>
  /^postgres(ql)?:/.test(one) && URL.canParse(one) && new URL(one).hostname !== '';
