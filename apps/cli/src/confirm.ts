import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import { errors } from './errors.js';

/**
 * Asks a person, who has to write `yes`. Without a terminal nobody can be asked: that is a usage error, not a yes.
 * @throws CCP_USAGE
 */
export async function confirm(question: string): Promise<boolean> {
  if (!isatty(0))
    throw errors.CCP_USAGE({ message: 'There is no terminal to ask on.', hint: 'Repeat the command with --yes if you are sure.' });
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await reader.question(`${question} [yes/no] `)).trim().toLowerCase() === 'yes';
  } finally {
    reader.close();
  }
}
