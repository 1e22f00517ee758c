/** Connects and stays until it is killed: `node connect-forever.ts SOCKET TOKEN COUNT`. */
import { connectIpc } from '../connect-ipc.js';

const [path = '', token = '', count = '1'] = process.argv.slice(2);
for (let n = 0; n < Number(count); n += 1) await connectIpc({ path, token, client: `stays-${n}`, pid: process.pid, version: '0.0.0-test' });
