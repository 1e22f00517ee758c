import { describe, expect, it } from 'vitest';
import { RouteMethods } from './route-methods.js';

describe('RouteMethods', () => {
  const routes = new RouteMethods();
  routes.add('/a', ['GET', 'HEAD']);
  routes.add('/a', 'POST');
  routes.add('/p/:id/a', 'POST');
  routes.add('/v1/*', 'PUT');
  routes.add('/p/:id/v1/*', 'PATCH');

  it.each([
    ['/a', ['GET', 'HEAD', 'POST']],
    ['/a?x=/v1/y', ['GET', 'HEAD', 'POST']],
    ['/a#x', ['GET', 'HEAD', 'POST']],
    ['/a/', []],
    ['/', []],
    ['', []],
    ['/p/1/a', ['POST']],
    ['/p//a', []],
    ['/p/1', []],
    ['/v1/x/y', ['PUT']],
    ['/v1/', ['PUT']],
    ['/v1', []],
    ['/p/1/v1/x', ['PATCH']],
  ])('%s has %j', (path, methods) => {
    expect(routes.for(path)).toEqual(methods);
  });
});
