import { z } from 'zod';

/** Contents of one project that are allowed at the same time, for instance those of several branches. */
export const mostContents = 8;
/** Logical paths under which a project is known besides its canonical one. */
export const mostAliases = 8;

const AllowedContent = z.strictObject({
  /** N of `.ccproxy-trusted.N`. */
  slot: z
    .number()
    .int()
    .min(0)
    .max(mostContents - 1),
  /** SHA-256 of the bytes, hex. */
  digest: z.string().regex(/^[0-9a-f]{64}$/u),
  /** ms since the epoch */
  allowedAt: z.number(),
});

/** A project its user allowed, as it lies in `data/projects/<id>/project.json`. Its token is in a file of its own. */
export const ProjectRecord = z.strictObject({
  version: z.literal(1),
  /** Random, and no secret: it is part of the URL. */
  id: z.string().regex(/^[0-9a-f]{20}$/u),
  /** Canonical path of the directory. */
  path: z.string(),
  /** Other paths of the same directory, through links, from which it was allowed. */
  aliases: z.array(z.string()).max(mostAliases),
  /** Slots 0 to n-1 without gaps, in the order of the slots. */
  contents: z.array(AllowedContent).min(1).max(mostContents),
});
export type ProjectRecord = z.infer<typeof ProjectRecord>;
export type AllowedContent = z.infer<typeof AllowedContent>;

/** The content allowed last. */
export const latestContent = ({ contents }: ProjectRecord): AllowedContent | undefined =>
  contents.toSorted((a, b) => b.allowedAt - a.allowedAt)[0];
