import { MessageChannel } from 'node:worker_threads';
import type { StartAdapter } from '../adapter/adapter-link.js';
import type { AdapterReply } from '../adapter/adapter-protocol.js';
import type { CreateAdapter } from '../adapter/provider-adapter.js';
import { AdapterServer } from '../adapter/serve-adapter.js';

/** Starts `create` over the same protocol as in the daemon, but without a thread: for tests that run sources. */
export const startInProcess =
  (create: CreateAdapter): StartAdapter =>
  (data, _env, listener) => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (reply: AdapterReply) => listener.onReply(reply));
    void new AdapterServer(port2).start(data, () => Promise.resolve(create));
    return {
      send: (order) => port1.postMessage(order, []),
      end() {
        port1.close();
        return Promise.resolve();
      },
    };
  };
