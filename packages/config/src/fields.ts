import { parseByteSize, parseDuration } from '@ccproxy/kernel';
import { z } from 'zod';

/** What the reference page and editors show of one key. */
interface FieldInfo {
  readonly description: string;
}

/** A value the schema refuses may carry its own code and advice; see `toDiagnostics`. */
export interface IssueParams {
  readonly code?: `CCP_${string}`;
  readonly hint?: string;
}

/**
 * A leaf that is read from what the user wrote. `parse` returns undefined for what it cannot take; the message names what is expected and
 * never the value, which may have come out of a variable.
 */
function leaf<W, T>(type: string, expected: string, written: (error: string) => z.ZodType<W, W>, parse: (value: W) => T | undefined) {
  const message = `must be ${expected}`;
  const schema = written(message).transform((value, context): T => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return (info: FieldInfo) => schema.register(z.globalRegistry, { ...info, 'x-type': type });
}

const string = (error: string) => z.string({ error });
// What many fields have in common is made once: a command that reads the configuration makes all of them first.
const [anyNumber, anyBoolean, anyText] = [z.number(), z.boolean(), z.string()];
/** Text as well, because what comes out of `${…}` is always text. */
const numberOrText = (error: string) => z.union([anyNumber, anyText], { error });
const booleanOrText = (error: string) => z.union([anyBoolean, anyText], { error });

/** Printable ASCII without spaces: what may stand in a header. */
const headerSafe = /^[\x21-\x7e]*$/u;
const controls = /\p{Cc}/u;

const textOfOneLine = 'text of one line';
const anyLine = string(`must be ${textOfOneLine}`);

/** Any text of one line. */
export const text = (info: FieldInfo, expected = textOfOneLine) =>
  leaf('text', expected, expected === textOfOneLine ? () => anyLine : string, (written) => {
    const value = written.trim();
    return value === '' || value.length > 2048 || controls.test(value) ? undefined : value;
  })(info);

/** A credential: header-safe text, possibly empty (the caller says what empty means). */
export const secret = (info: FieldInfo) =>
  leaf('secret', 'one line of printable characters without spaces', string, (written) => {
    const value = written.trim();
    return headerSafe.test(value) && value.length <= 16_384 ? value : undefined;
  })(info);

/** A whole number between two bounds, both allowed. */
export const integer = (min: number, max: number, info: FieldInfo) =>
  leaf('number', `a whole number from ${min} to ${max}`, numberOrText, (written) => {
    const value = typeof written === 'string' && /^\d{1,15}$/u.test(written.trim()) ? Number(written) : written;
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  })(info);

/** true or false. */
export const flag = (info: FieldInfo) =>
  leaf('true | false', 'true or false', booleanOrText, (written) => {
    if (typeof written === 'boolean') return written;
    return written === 'true' ? true : written === 'false' ? false : undefined;
  })(info);

/** One of a few words. */
export const choice = <const T extends string>(values: readonly T[], info: FieldInfo) =>
  leaf(values.join(' | '), `one of ${values.join(', ')}`, string, (written) => values.find((value) => value === written))(info);

/** A time such as `30s`; a bare number is seconds. In ms, from 1 ms to `max`. */
export const duration = (max: string, info: FieldInfo) => {
  const most = parseDuration(max);
  const expected = `a time such as 500ms, 30s, 5m or 1h (a bare number is seconds), at most ${max}`;
  return leaf('duration', expected, numberOrText, (written) => {
    const value = parsed(() => parseDuration(written, { bareUnit: 's' }));
    return value !== undefined && value >= 1 && value <= most ? value : undefined;
  })(info);
};

/** A size such as `32mb`, in bytes. */
export const byteSize = (min: string, max: string, info: FieldInfo) => {
  const [least, most] = [parseByteSize(min), parseByteSize(max)];
  return leaf('size', `a size such as 512kb or 32mb, from ${min} to ${max}`, numberOrText, (written) => {
    const value = parsed(() => parseByteSize(written));
    return value !== undefined && value >= least && value <= most ? value : undefined;
  })(info);
};

function parsed(parse: () => number): number | undefined {
  try {
    return parse();
  } catch {
    // The field says what it expects in the words of the configuration.
    return undefined;
  }
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

const anyName = z
  .string({ error: 'must be a name' })
  .regex(namePattern, { error: 'must be a name: letters, digits, `.`, `_` and `-`, at most 64, starting with a letter or digit' });

/** Name of a provider, target, rule or profile. It becomes part of selectors (`provider,model`), model ids and headers: hence few characters. */
export const name = (info: FieldInfo) => anyName.meta({ ...info, 'x-type': 'name' });

/** One value or a list of them, always given on as a list. */
export const oneOrMany = <T>(item: z.ZodType<T>, info: FieldInfo) =>
  z
    .union([item, z.array(item).min(1, { error: 'must not be an empty list' })])
    .transform((value): readonly T[] => (Array.isArray(value) ? value : [value]))
    .register(z.globalRegistry, { ...info, 'x-type': 'one or a list' });
