import { homedir } from 'node:os';
import path from 'node:path';
import { type AppPaths, systemClock } from '@ccproxy/kernel';
import { findProject, logicalDirectory, printableText, projectPlaces, type ProjectStanding, projectStanding } from '@ccproxy/projects';

export interface Place {
  readonly paths: AppPaths;
  /** Directory to look in and above; absolute. */
  readonly directory: string;
}

/** The project a directory belongs to and how it stands; undefined where there is none. */
export async function projectHere({ paths, directory }: Place): Promise<ProjectStanding | undefined> {
  const from = await findProject({ from: directory, home: homedir(), uid: process.getuid?.() });
  return from === undefined ? undefined : projectStanding(projectPlaces(paths, systemClock), from);
}

/** A directory a user named, absolute; the working directory when none was. Links in it are kept, as the user's shell shows them. */
export async function namedDirectory(name: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const here = await logicalDirectory(process.cwd(), env['PWD']);
  return name === undefined ? here : path.resolve(here, name);
}

/** Why a project has no effect, as a sentence for its user; undefined when it has, or when the user wanted it so. */
export function inactiveReason(standing: ProjectStanding | undefined): string | undefined {
  if (standing === undefined || standing.kind === 'allowed' || standing.kind === 'denied') return undefined;
  const file = printableText(path.join(standing.directory, '.ccproxy.yaml'));
  return standing.kind === 'edited'
    ? `${file} was changed since it was allowed and has no effect: look at it, then run \`ccproxy allow\`.`
    : `${file} has no effect: look at it, then run \`ccproxy allow\` (or \`ccproxy deny\`, to be asked no more).`;
}
