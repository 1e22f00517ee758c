/** Knows which methods exist for a path, so that a wrong method is 405 and a wrong path 404. */
export class RouteMethods {
  readonly #routes: { readonly segments: readonly string[]; readonly methods: readonly string[] }[] = [];

  /** Adds a route by its pattern (`/a/:b`, `/a/*`). */
  add(pattern: string, methods: string | readonly string[]): void {
    this.#routes.push({ segments: pattern.split('/'), methods: typeof methods === 'string' ? [methods] : methods });
  }

  /** The methods of every route that matches the path; query and fragment are ignored. */
  for(target: string): readonly string[] {
    const path = target.split(/[?#]/, 1)[0] ?? '';
    const segments = path.split('/');
    return [...new Set(this.#routes.filter((route) => matches(route.segments, segments)).flatMap((route) => route.methods))];
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  for (const [index, part] of pattern.entries()) {
    if (part === '*') return path.length > index;
    const segment = path[index];
    if (segment === undefined || (part.startsWith(':') ? segment === '' : part !== segment)) return false;
  }
  return pattern.length === path.length;
}
