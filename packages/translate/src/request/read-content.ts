import { isJsonObject, type JsonObject, objectMember, stringMember } from '@ccproxy/wire';
import { blocksOf, isBlank, textOf } from './block-members.js';
import type { ContentPart, MediaSource } from './conversation.js';
import type { RequestScope } from './request-scope.js';

/** The parts of blocks a user or a tool wrote; blocks that are no content (thinking a user made up, row 17) give nothing. */
export const readContent = (blocks: readonly JsonObject[], scope: RequestScope): ContentPart[] =>
  blocks.flatMap((block) => readBlock(block, scope));

function readBlock(block: JsonObject, scope: RequestScope): ContentPart[] {
  switch (block['type']) {
    case 'text':
      return text(textOf(block, 'text'));
    case 'image':
      return readImage(block, scope);
    case 'document':
      return readDocument(block, scope);
    case 'search_result':
      return text(searchResult(block));
    case 'tool_reference':
      return text(`[Loaded tool: ${textOf(block, 'tool_name') || textOf(block, 'name')}]`);
    case 'thinking':
    case 'redacted_thinking':
    case 'tool_result':
      return [];
    default:
      scope.drop(`content:${String(block['type']).slice(0, 40)}`, 'meaning');
      return [];
  }
}

const text = (value: string): ContentPart[] => (isBlank(value) ? [] : [{ type: 'text', text: value }]);

function readImage(block: JsonObject, scope: RequestScope): ContentPart[] {
  const source = mediaSource(objectMember(block, 'source'));
  if (source !== undefined && scope.capabilities.images !== false) return [{ type: 'image', source }];
  scope.drop('image', 'meaning');
  return text('[An image stood here; it could not be passed on to this model.]');
}

/** Text stands as text; a PDF stays a document for models that read it (rows 9, 10). */
function readDocument(block: JsonObject, scope: RequestScope): ContentPart[] {
  const source = objectMember(block, 'source');
  const title = stringMember(block, 'title');
  if (objectMember(block, 'citations')?.['enabled'] === true) scope.drop('citations', 'hint');
  const inlined = source === undefined ? undefined : textDocument(source, scope);
  if (inlined !== undefined) {
    const heading = [title === undefined ? '' : `# ${title}`, textOf(block, 'context')].filter((line) => !isBlank(line)).join('\n\n');
    return [
      ...text(isBlank(inlined.text) ? '' : `<document>\n${heading === '' ? '' : `${heading}\n\n`}${inlined.text}\n</document>`),
      ...inlined.parts,
    ];
  }
  const media = mediaSource(source);
  if (media !== undefined && scope.capabilities.pdf !== false) return [{ type: 'document', source: media, title }];
  scope.drop('document', 'meaning');
  return text(`[The document${title === undefined ? '' : ` "${title}"`} stood here; it could not be passed on to this model.]`);
}

function textDocument(source: JsonObject, scope: RequestScope): { text: string; parts: ContentPart[] } | undefined {
  if (source['type'] === 'text') return { text: textOf(source, 'data'), parts: [] };
  if (source['type'] === 'content') return { text: '', parts: readContent(blocksOf(source['content'], 'document'), scope) };
  if (source['type'] === 'base64' && textOf(source, 'media_type').startsWith('text/'))
    return { text: Buffer.from(textOf(source, 'data'), 'base64').toString('utf8'), parts: [] };
  return undefined;
}

/** A source that names bytes or an address; one that names an uploaded file is known to Anthropic alone. */
function mediaSource(source: JsonObject | undefined): MediaSource | undefined {
  if (source === undefined) return undefined;
  const data = stringMember(source, 'data');
  const url = stringMember(source, 'url');
  if (source['type'] === 'base64' && data !== undefined)
    return { kind: 'base64', mediaType: stringMember(source, 'media_type') ?? 'application/octet-stream', data };
  return source['type'] === 'url' && url !== undefined ? { kind: 'url', url } : undefined;
}

function searchResult(block: JsonObject): string {
  const content = Array.isArray(block['content']) ? block['content'].filter(isJsonObject) : [];
  const lines = [textOf(block, 'title'), textOf(block, 'source'), ...content.map((part) => textOf(part, 'text'))];
  return lines.filter((line) => !isBlank(line)).join('\n');
}
