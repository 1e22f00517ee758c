import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import { decodeForeignSignature } from '../core/foreign-signature.js';
import { decodePageText } from '../core/search-ids.js';
import { toolIdForProvider } from '../core/tool-ids.js';
import { isBlank, textOf } from './block-members.js';
import type { AssistantPart } from './conversation.js';
import type { RequestScope } from './request-scope.js';

/** The parts of an assistant message; calls stand last, as every protocol wants it (rows 11, 41). */
export function readAssistant(blocks: readonly JsonObject[], scope: RequestScope): AssistantPart[] {
  return blocks.flatMap((block) => readBlock(block, scope));
}

function readBlock(block: JsonObject, scope: RequestScope): AssistantPart[] {
  switch (block['type']) {
    case 'text':
      return text(textOf(block, 'text'));
    case 'thinking':
      return readThinking(block, scope);
    case 'redacted_thinking':
      scope.drop(foreignThinking, 'hint');
      return [];
    case 'tool_use':
      // A model without tools is told of earlier calls in words.
      return scope.capabilities.tools === false ? told(block) : [readCall(block, scope)];
    case 'server_tool_use':
    case 'mcp_tool_use':
      return told(block);
    case 'image':
    case 'document':
      scope.drop('assistant-media', 'meaning');
      return [];
    default:
      return readServerResult(block, scope);
  }
}

const foreignThinking = 'thinking of another model';
const text = (value: string): AssistantPart[] => (isBlank(value) ? [] : [{ type: 'text', text: value }]);
const told = (block: JsonObject): AssistantPart[] => text(`[${textOf(block, 'name') || 'tool'}: ${brief(block['input'])}]`);
const brief = (value: unknown): string => JSON.stringify(value ?? {}).slice(0, 2000);

/** Only what the target's own family made goes back to it (rows 14, 16, 63, 85). */
function readThinking(block: JsonObject, scope: RequestScope): AssistantPart[] {
  const origin = decodeForeignSignature(textOf(block, 'signature'));
  if (origin?.family !== scope.family) {
    scope.drop(foreignThinking, 'hint');
    return [];
  }
  return [{ type: 'reasoning', text: textOf(block, 'thinking'), payload: origin.payload }];
}

function readCall(block: JsonObject, scope: RequestScope): AssistantPart {
  return {
    type: 'call',
    id: toolIdForProvider(textOf(block, 'id')),
    name: scope.toolNames.toUpstream(stringMember(block, 'name') ?? ''),
    input: objectMember(block, 'input') ?? {},
  };
}

/** What a tool of Anthropic's servers found stands as text: no other provider has a form for it. */
function readServerResult(block: JsonObject, scope: RequestScope): AssistantPart[] {
  const type = String(block['type']);
  if (!type.endsWith('_tool_result')) {
    scope.drop(`content:${type.slice(0, 40)}`, 'meaning');
    return [];
  }
  const content = Array.isArray(block['content']) ? block['content'].filter(isJsonObject) : [];
  const lines = content.map((entry) => textOf(entry, 'text') || foundPage(entry));
  const found = lines.filter((line) => !isBlank(line)).join('\n');
  return text(`[result: ${found === '' ? brief(block['content']) : `\n${found}\n`}]`);
}

/** Title, address and, when it was found for this conversation by ccproxy or came in the open, the text. */
function foundPage(entry: JsonObject): string {
  const heading = [textOf(entry, 'title'), textOf(entry, 'url')].filter(Boolean).join(' - ');
  return [heading, decodePageText(textOf(entry, 'encrypted_content'))].filter(Boolean).join('\n');
}
