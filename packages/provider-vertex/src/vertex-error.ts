import { errorBody, errorTypeForStatus, parseErrorBody } from '@ccproxy/wire';

/** Google's words for a request of more than 30 MB. */
const tooLarge = /(?:request|message|payload)s? (?:payload )?size|exceeds? (?:the )?(?:limit|maximum)[^.]*(?:bytes|MB)/iu;
/** The words at which clients drop pictures and compact their conversation (facts page claude-code-client, E2). */
const shorten = 'Input is too long.';

/** An error of Vertex as an Anthropic error: that of the model passes as it came, one of Google keeps its words. */
export function vertexErrorBody(status: number, body: Buffer): string {
  if (parseErrorBody(body).ok) return body.toString('utf8');
  const said = messageOf(body) ?? `Vertex answered ${status}.`;
  const message = (status === 400 || status === 413) && tooLarge.test(said) ? shorten : said;
  return errorBody(errorTypeForStatus(status), message);
}

function messageOf(body: Buffer): string | undefined {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    // Streams answer with a list of one.
    const { error } = (Array.isArray(read) ? read[0] : read) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' && error.message !== '' ? error.message : undefined;
  } catch (error) {
    // Not JSON, or null.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
