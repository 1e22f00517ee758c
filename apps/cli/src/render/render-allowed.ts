import { type AllowedProject, lineDiff, printableText } from '@ccproxy/projects';

/** What was allowed, for a person: the difference to what was allowed last, and what the file selects. No line of it drives a terminal. */
export function renderAllowed({ record, project, file, previous, known }: AllowedProject): string {
  const place = printableText(record.path);
  const head = known ? `Allowed again: ${place}` : previous === undefined ? `Allowed: ${place}` : `Allowed what changed in ${place}`;
  const lines = lineDiff(previous ?? '', file.text).map(({ kind, text }) => `  ${kind} ${printableText(text)}`);
  const { profile, routes, limits } = project;
  const bounds = [
    ...(limits.context === undefined ? [] : [`at most ${limits.context} input tokens`]),
    ...(limits.output === undefined ? [] : [`at most ${limits.output} output tokens`]),
  ];
  const selects = [
    `profile ${profile ?? '(none)'}`,
    routes.length === 0 ? 'no rules of its own' : `rules ${routes.map(({ name }) => name).join(', ')}`,
    ...bounds,
  ];
  return [head, ...lines, `It selects: ${selects.join('; ')}.`, `Its requests go through /p/${record.id}.`].join('\n');
}
