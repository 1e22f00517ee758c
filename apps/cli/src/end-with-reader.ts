/** Ends the process, in peace, when nobody reads its output any more: `ccproxy logs --follow | head`. */
export function endWithReader({ stdout, exit }: Pick<NodeJS.Process, 'stdout' | 'exit'>): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit();
    throw error;
  });
}
