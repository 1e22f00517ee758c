const longestShown = 80;

export const number = new Intl.NumberFormat('en-US');

/** A text of a client in quotes, cut when it is long. */
export const shown = (text: string): string => `"${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}"`;

export const either = (values: readonly string[]): string => (values.length === 0 ? 'nothing' : values.join(' or '));
