export function insideToken(env: Record<string, string | undefined>, file?: string): { INTERNAL_TOKEN?: string };
