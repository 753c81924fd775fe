interface Entry {
  version?: string;
  link?: boolean;
  inBundle?: boolean;
  integrity?: string;
  resolved?: string;
}

/** What npm would install unseen: entries without a hash, with a weak one, or from somewhere that is named. */
export function unverified(lock: { packages: Record<string, Entry> }): string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    // The project itself, and the folders of its workspaces.
    if (!path.includes('node_modules/')) return [];
    if (entry.link)
      return /^(shared|services\/[a-z]+)$/.test(entry.resolved ?? '') ? [] : [`${path} is a link to elsewhere`];
    if (entry.resolved !== undefined) return [`${path} names where it comes from`];
    // Comes inside another package, under the hash of that.
    if (entry.inBundle) return [];
    return /^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? '') ? [] : [`${path} has no sha512 of what it is`];
  });
}
