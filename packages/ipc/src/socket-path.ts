const PIPE_PREFIX = '\\\\.\\pipe\\';

/** True for the name of a Windows named pipe. Such a name is no file: nothing about it is checked or changed. */
export const isPipe = (path: string): boolean => path.startsWith(PIPE_PREFIX);

/**
 * The path to give node-ipc's server so that it listens on `path`: on Windows it puts the pipe prefix in front of
 * whatever it gets, its client only where the prefix is missing (read in 14.0.0, `dao/socketServer.js`).
 */
export const nodeIpcServerPath = (path: string, platform: NodeJS.Platform = process.platform): string =>
  platform === 'win32' && isPipe(path) ? path.slice(PIPE_PREFIX.length) : path;
