/** What the redaction of plain text offers to that of JSON. */
export interface TextRedaction {
  readonly text: (text: string) => string;
  /** Whether the value of a member of this name is a secret whatever it looks like. */
  readonly isSecretName: (name: string) => boolean;
  readonly mask: string;
}

/** Redacts a parsed JSON value string by string, member names too; the result is a new value. */
export function redactJson(value: unknown, redaction: TextRedaction): unknown {
  if (typeof value === 'string') return redaction.text(value);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redaction));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redaction.text(name), redactMember(name, member, redaction)]));
}

function redactMember(name: string, value: unknown, redaction: TextRedaction): unknown {
  const scalar = typeof value === 'string' || typeof value === 'number';
  if (!redaction.isSecretName(name) || value === '' || value === null) return redactJson(value, redaction);
  if (scalar) return redaction.mask;
  return Array.isArray(value) ? value.map((item) => redactMember(name, item, redaction)) : redactJson(value, redaction);
}
