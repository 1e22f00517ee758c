import { ByteNeedle } from '@ccproxy/kernel';
import { foreignSearchMark, isForeignSignature, mayHoldForeignSignature } from '@ccproxy/translate';
import { type ByteSpan, contentBlocks, type JsonObject, parseJsonObject, scanMessagesRequest, stringMember } from '@ccproxy/wire';

export interface StrippedBody {
  /** The very Buffer that was given when nothing had to go. */
  readonly body: Buffer;
  /** Blocks that were taken out. */
  readonly stripped: number;
}

const comma = Buffer.from(',');
const searchMark = new ByteNeedle(foreignSearchMark, '_ccp_');
const citations = Buffer.from('"citations"');
const thinking = Buffer.from('thinking');

/**
 * Takes thinking another family of models made, and searches that others ran, out of a conversation that goes to an Anthropic API, which
 * would refuse the whole request for a signature, or an encrypted page, it did not make (facts page translation, rows 18, 19, 84). A search of the bytes decides whether there can be any: the
 * ordinary request costs nothing more. Every byte of the blocks that stay is kept; a message with nothing left is taken out as a whole.
 * @param unsigned whether thinking without a signature goes too: Anthropic refuses it, but some servers that speak its protocol sign nothing
 *   and want their thinking back
 */
export function stripForeignThinking(body: Buffer, unsigned: boolean): StrippedBody {
  const untouched = { body, stripped: 0 };
  if (!mayHoldForeignSignature(body) && searchMark.indexIn(body) < 0) return untouched;
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
    for (const piece of rest.pieces) kept.push(piece);
  }
  if (stripped === 0) return untouched;
  return { body: Buffer.concat([body.subarray(0, first.start), ...kept, body.subarray(last.end)]), stripped };
}

/** The bytes of a message without what is foreign; no pieces when there was nothing else. */
function withoutForeign(body: Buffer, message: ByteSpan, unsigned: boolean): { pieces: Buffer[]; gone: number } {
  const { blocks, array } = contentBlocks(body, message);
  const before = blocks.map((block) => body.subarray(block.start, block.end));
  const kept = before.map((block) => keptOf(block, unsigned));
  const gone = kept.filter((block, index) => block !== before[index]).length;
  if (gone === 0 || array === undefined) return { pieces: [body.subarray(message.start, message.end)], gone: 0 };
  const left = kept.filter((block) => block !== undefined);
  if (left.length === 0) return { pieces: [], gone };
  const content = left.flatMap((block, index) => [...(index === 0 ? [] : [comma]), block]);
  return { pieces: [body.subarray(message.start, array.start + 1), ...content, body.subarray(array.end - 1, message.end)], gone };
}

/** The very block when nothing of it is foreign, a text without its foreign citations, or nothing. */
function keptOf(block: Buffer, unsigned: boolean): Buffer | undefined {
  const suspect = block.includes(thinking) || searchMark.indexIn(block) >= 0 || block.includes(citations);
  const value = suspect ? parseJsonObject(block.toString('utf8')) : undefined;
  if (value === undefined) return block;
  if (value['type'] === 'text') return withoutCitations(block, value);
  return isForeign(value, unsigned) ? undefined : block;
}

function withoutCitations(block: Buffer, { citations: cited, ...rest }: JsonObject): Buffer {
  try {
    return JSON.stringify(cited ?? null).includes('"encrypted_index":"ccp1.') ? Buffer.from(JSON.stringify(rest)) : block;
  } catch (thrown) {
    // Nested too deeply to be written: it goes as it came, and the provider refuses it.
    if (thrown instanceof RangeError) return block;
    throw thrown;
  }
}

function isForeign(value: JsonObject, unsigned: boolean): boolean {
  const signature = stringMember(value, 'signature') ?? '';
  if (value['type'] === 'thinking') return signature === '' ? unsigned : isForeignSignature(signature);
  const id =
    value['type'] === 'server_tool_use' ? value['id'] : value['type'] === 'web_search_tool_result' ? value['tool_use_id'] : undefined;
  return typeof id === 'string' && id.startsWith(foreignSearchMark);
}
