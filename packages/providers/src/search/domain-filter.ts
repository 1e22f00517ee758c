/** `example.com`, `example.com/docs`; a scheme and `*.` before it do no harm. */
interface Domain {
  readonly host: string;
  readonly path: string;
}

/**
 * Whether a page may be shown, as `allowed_domains` and `blocked_domains` of the tool mean it: a domain stands for its subdomains too, and
 * a path for what lies below it.
 */
export function createDomainFilter(allowed: readonly string[], blocked: readonly string[]): (url: string) => boolean {
  const wanted = allowed.map(readDomain);
  const unwanted = blocked.map(readDomain);
  return (url) => {
    const { hostname, pathname } = new URL(url);
    const fits = ({ host, path }: Domain): boolean =>
      (hostname === host || hostname.endsWith(`.${host}`)) && (path === '' || pathname === path || pathname.startsWith(`${path}/`));
    return (wanted.length === 0 || wanted.some(fits)) && !unwanted.some(fits);
  };
}

function readDomain(written: string): Domain {
  const bare = written
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^\*\./, '');
  const slash = bare.indexOf('/');
  return slash < 0 ? { host: bare, path: '' } : { host: bare.slice(0, slash), path: bare.slice(slash).replace(/[/*]+$/, '') };
}
