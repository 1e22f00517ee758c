export * from './connect.js';
export { readDaemonState, type RecordedDaemon, removeDaemonState, writeDaemonState } from './daemon-files.js';
export { ensureDaemon, type EnsuredDaemon, type EnsureDaemonOptions } from './ensure-daemon.js';
export { type OpenedDaemon, openWithDaemon } from './open-with-daemon.js';
export { daemonNodeFlags, spawnDaemon, type SpawnDaemonOptions, type SpawnedDaemon } from './spawn-daemon.js';
export { stopDaemon, type StopDaemonOptions, type StopResult } from './stop-daemon.js';
