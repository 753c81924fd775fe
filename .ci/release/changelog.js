import { readFileSync } from 'node:fs';
import { Complaint } from '../../scripts/complaint.js';

/** What CHANGELOG.md says of a version. */
export function notesOf(changelog, version) {
  const sections = readFileSync(changelog, 'utf8').split(/^## /m);
  const section = sections.find((one) => one.startsWith(`[${version}]`));
  const notes = section?.split('\n').slice(1).join('\n').trim();
  if (!notes) throw new Complaint(`CHANGELOG.md says nothing of ${version}.`);
  return notes;
}
