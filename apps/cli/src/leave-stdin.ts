import { isatty } from 'node:tty';

/**
 * Keeps this process from opening its stdin, which belongs to the program it is going to run. Opening a terminal makes reading from it
 * non-blocking for whoever inherits it, and libraries that import `node:process` open it in passing (Node reads every property then); a
 * client that reads from such a terminal gets "Resource temporarily unavailable" (measured).
 */
export function leaveStdin(): void {
  Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, value: Object.freeze({ fd: 0, isTTY: isatty(0) }) });
}
