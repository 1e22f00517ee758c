import type { AnswerSink } from './answer-sink.js';

const quoted = 500;

/** Ends an answer whose body is none: HTML, text, nothing. */
export function failWithBody(sink: AnswerSink, text: string): void {
  const body = text.trim();
  if (body === '') sink.fail('api_error', 'the provider sent an empty answer');
  else if (body.startsWith('<')) sink.fail('api_error', `the provider answered with HTML: ${plainText(body)}`);
  else sink.fail('api_error', `the provider sent an answer that is none: ${body.slice(0, quoted)}`);
}

/** HTML without its tags, short. */
export const plainText = (html: string): string =>
  html
    .slice(0, 4000)
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]{0,2000}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, quoted);
