import { createHash } from 'node:crypto';

const seal = (text: string): string => `# seal ${createHash('sha256').update(text).digest('hex')}\n`;

/** The text with a last line that tells whether somebody edited it since; a comment in every shell. */
export function sealText(text: string): string {
  return `${text}${seal(text)}`;
}

/** Whether the text is as it was sealed. */
export function isSealed(text: string): boolean {
  const end = text.lastIndexOf('\n# seal ') + 1;
  return end > 0 && text.slice(end) === seal(text.slice(0, end));
}
