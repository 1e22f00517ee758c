import type { MessagesView } from '@ccproxy/wire';

/**
 * Bytes of a request body per input token, before calibration. The measured Claude Code-like body (performance.md §3)
 * has 3.8 with Anthropic's published tokenizer and 4.3 with o200k; the lower is used, so that the estimate leans high.
 */
const bytesPerToken = 3.8;
/** A picture costs width × height / 750 tokens and is scaled down to about this many (API docs, "Vision"). */
const tokensPerImage = 1600;
/** Base64 of a document (a PDF): a page of some tens of kilobytes is read as its text and a picture. A guess, not measured. */
const base64BytesPerDocumentToken = 40;

/**
 * Input tokens of a request from sizes alone: no tokenizer, constant time. Base64 sources count as pictures or pages,
 * never as text. A whole number, at least 1. `createCalibration` sharpens it with what providers report.
 */
export function estimateTokens(view: MessagesView, bodyBytes: number = view.bytes): number {
  const { images, imageBytes, documentBytes } = view.media;
  const textBytes = Math.max(0, bodyBytes - imageBytes - documentBytes);
  const tokens = textBytes / bytesPerToken + images * tokensPerImage + documentBytes / base64BytesPerDocumentToken;
  return Math.max(1, Math.ceil(tokens));
}
