import { isForeignSignature, mayHoldForeignSignature } from '@ccproxy/translate';
import { type ByteSpan, contentBlocks, parseJsonObject, scanMessagesRequest, stringMember } from '@ccproxy/wire';

export interface StrippedBody {
  /** The very Buffer that was given when nothing had to go. */
  readonly body: Buffer;
  /** Blocks that were taken out. */
  readonly stripped: number;
}

const comma = Buffer.from(',');

/**
 * Takes thinking another family of models made out of a conversation that goes to an Anthropic API, which would refuse the whole request
 * for a signature it did not make (facts page translation, rows 18, 19, 84). A search of the bytes decides whether there can be any: the
 * ordinary request costs nothing more. Every byte of the blocks that stay is kept; a message with nothing left is taken out as a whole.
 * @param unsigned whether thinking without a signature goes too: Anthropic refuses it, but some servers that speak its protocol sign nothing
 *   and want their thinking back
 */
export function stripForeignThinking(body: Buffer, unsigned: boolean): StrippedBody {
  const untouched = { body, stripped: 0 };
  if (!mayHoldForeignSignature(body)) return untouched;
  const scan = scanMessagesRequest(body);
  // What is no Messages request is the provider's to refuse.
  if (!scan.ok) return untouched;
  const { messages } = scan.view;
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) return untouched;
  let stripped = 0;
  const kept: Buffer[] = [];
  for (const message of messages) {
    const rest =
      message.role === 'assistant'
        ? withoutForeign(body, message, unsigned)
        : { pieces: [body.subarray(message.start, message.end)], gone: 0 };
    stripped += rest.gone;
    if (rest.pieces.length === 0) continue;
    if (kept.length > 0) kept.push(comma);
    kept.push(...rest.pieces);
  }
  if (stripped === 0) return untouched;
  return { body: Buffer.concat([body.subarray(0, first.start), ...kept, body.subarray(last.end)]), stripped };
}

/** The bytes of a message without its foreign thinking; no pieces when there was nothing else. */
function withoutForeign(body: Buffer, message: ByteSpan, unsigned: boolean): { pieces: Buffer[]; gone: number } {
  const { blocks, array } = contentBlocks(body, message);
  const kept = blocks.filter((block) => !isForeign(body.subarray(block.start, block.end), unsigned));
  const gone = blocks.length - kept.length;
  if (gone === 0 || array === undefined) return { pieces: [body.subarray(message.start, message.end)], gone: 0 };
  if (kept.length === 0) return { pieces: [], gone };
  const content = kept.flatMap((block, index) => [...(index === 0 ? [] : [comma]), body.subarray(block.start, block.end)]);
  return { pieces: [body.subarray(message.start, array.start + 1), ...content, body.subarray(array.end - 1, message.end)], gone };
}

const thinking = Buffer.from('thinking');

function isForeign(block: Buffer, unsigned: boolean): boolean {
  if (!block.includes(thinking)) return false;
  const value = parseJsonObject(block.toString('utf8'));
  if (value === undefined) return false;
  const signature = stringMember(value, 'signature') ?? '';
  return stringMember(value, 'type') === 'thinking' && (signature === '' ? unsigned : isForeignSignature(signature));
}
