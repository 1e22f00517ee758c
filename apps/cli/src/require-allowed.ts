import { type ProjectStanding, printableText, projectErrors } from '@ccproxy/projects';

/**
 * The id of a project for a command that was asked to act in its name; undefined outside of projects.
 * @throws CCP_PROJECT_NOT_ALLOWED when there is one, and it has no effect
 */
export function requireAllowed(standing: ProjectStanding | undefined): string | undefined {
  if (standing === undefined) return undefined;
  if (standing.kind === 'allowed') return standing.record.id;
  const what = {
    edited: 'was changed since it was allowed',
    denied: 'was denied',
    unknown: 'was never allowed',
  }[standing.kind];
  throw projectErrors.CCP_PROJECT_NOT_ALLOWED({
    message: `The project file of ${printableText(standing.directory)} ${what}.`,
    where: { file: standing.directory },
    details: { standing: standing.kind },
  });
}
