interface Entry {
  version?: string;
  link?: boolean;
  inBundle?: boolean;
  integrity?: string;
  resolved?: string;
}

/** Entries that npm would install without a check: without a hash, with a weak one, or from a named registry. */
export function unverified(lock: { packages: Record<string, Entry> }): string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    // The project itself, and the folders of its workspaces.
    if (!path.includes('node_modules/')) return [];
    if (entry.link)
      return /^(shared|(?:clients|services)\/[a-z]+)$/.test(entry.resolved ?? '')
        ? []
        : [`${path} is a link to elsewhere`];
    if (entry.resolved !== undefined) return [`${path} names where it comes from`];
    // Bundled in another package, whose hash covers it.
    if (entry.inBundle) return [];
    return /^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? '') ? [] : [`${path} has no sha512 of what it is`];
  });
}
