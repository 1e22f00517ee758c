import type { ProviderSink } from './provider.js';

/** The same sink, with the bytes shown to `watch` first. */
export const watchedSink = (sink: ProviderSink, watch: (chunk: Buffer) => void): ProviderSink => ({
  onHead: (status, headers) => sink.onHead(status, headers),
  onData(chunk) {
    watch(chunk);
    sink.onData(chunk);
  },
  onEnd: () => sink.onEnd(),
  onError: (error) => sink.onError(error),
});
