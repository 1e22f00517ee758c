import { type AppPaths, CcproxyError, errnoOf, systemClock } from '@ccproxy/kernel';
import { printableText, projectPlaces, type ProjectRecord, projectStanding } from '@ccproxy/projects';
import { type Finding, ok, warning } from './finding.js';

/** The allowed projects: whether they are still there, and whether their present content is allowed. */
export async function checkProjects(paths: AppPaths): Promise<Finding[]> {
  const check = 'projects';
  const records = await projectPlaces(paths, systemClock).store.list();
  const findings = (await Promise.all(records.map((record) => checkOne(record, paths)))).flat();
  if (findings.length > 0) return findings;
  return [ok(check, records.length === 0 ? 'none is allowed' : `${records.length} allowed, all as they were allowed`)];
}

async function checkOne(record: ProjectRecord, paths: AppPaths): Promise<Finding[]> {
  const place = printableText(record.path);
  try {
    const { kind } = await projectStanding(projectPlaces(paths, systemClock), record.path);
    if (kind === 'allowed') return [];
    return [warning('projects', `${place}: the file was changed since it was allowed, and has no effect`, `ccproxy allow ${place}`)];
  } catch (error) {
    if (!CcproxyError.isInstance(error) && errnoOf(error) === undefined) throw error;
    return [warning('projects', `${place} is allowed and not there any more`, `ccproxy deny ${place}`)];
  }
}
