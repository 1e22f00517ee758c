const loopback = ['127.0.0.1', 'localhost', '::1'];

/**
 * Joins the NO_PROXY lists of the user with the host of the gateway, so that a proxy of the machine is never asked for it. `*` already
 * covers everything and stays as it is.
 */
export function joinNoProxy(lists: readonly (string | undefined)[], baseUrl: string): string {
  const users = lists.flatMap((list) => (list ?? '').split(/[\s,]+/u)).filter((entry) => entry !== '');
  if (users.includes('*')) return '*';
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/gu, '');
  return [...new Set([...users, ...loopback, host])].join(',');
}
