import { z } from 'zod';
import type { IssueParams } from './fields.js';
import { late } from './late.js';

interface Planned {
  /** What the key will do. */
  readonly description: string;
  /** What can be used instead today, as a sentence. */
  readonly instead?: string;
}

/**
 * A key that is part of the configuration's design and not of this version. Anything written under it is refused as CCP_NOT_AVAILABLE
 * at its place, and `instead` is the hint; it is listed in the reference and in the JSON schema.
 */
export const notAvailable = ({ description, instead }: Planned) =>
  late(() =>
    z.unknown().refine((value) => value === undefined, {
      error: 'is not available in this version',
      params: { code: 'CCP_NOT_AVAILABLE', ...(instead === undefined ? {} : { hint: instead }) } satisfies IssueParams,
    }),
  )
    .optional()
    .register(z.globalRegistry, { description: `Not available in this version. ${description}`, 'x-available': false });
