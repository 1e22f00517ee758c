import { errors } from '../errors.js';
import type { DemoRequest } from './demo-requests.js';

/** What came back, and what the gateway says it did. */
export interface DemoAnswer {
  readonly title: string;
  readonly requestId: string;
  readonly route: string;
  readonly target: string;
  readonly text: string;
  /** ms until the first event and until the end. */
  readonly firstMs: number;
  readonly totalMs: number;
}

/**
 * Sends the request over HTTP as any client would and reads the event stream to its end.
 * @throws CCP_DEMO_FAILED when the answer is not a complete stream
 */
export async function sendDemoRequest(url: string, token: string, request: DemoRequest): Promise<DemoAnswer> {
  const started = performance.now();
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { ...request.headers, 'x-ccproxy-token': token },
    body: JSON.stringify(request.body),
  });
  let firstMs = 0;
  let stream = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    firstMs ||= performance.now() - started;
    stream += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  if (response.status !== 200 || !stream.includes('event: message_stop')) {
    throw errors.CCP_DEMO_FAILED({
      message: `"${request.title}" was answered with status ${response.status} and no complete stream`,
      details: { answer: stream.slice(0, 500) },
    });
  }
  const header = (name: string): string => response.headers.get(`x-ccproxy-${name}`) ?? '';
  const pieces = [...stream.matchAll(/"type":"text_delta","text":("(?:[^"\\]|\\.)*")/g)].map(
    ([, json = '""']) => JSON.parse(json) as string,
  );
  return {
    title: request.title,
    requestId: header('request-id'),
    route: header('route'),
    target: header('target'),
    text: pieces.join(''),
    firstMs,
    totalMs: performance.now() - started,
  };
}
