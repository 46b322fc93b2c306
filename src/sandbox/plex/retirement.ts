/** Routes that plex.tv might take away together, as it has done before. */
export type RouteGroup = keyof typeof groups

const groups = {
  'v2 lists': [/^\/api\/v2\/shared_servers\/owned\//u],
  'v2 sharing': [/^\/api\/v2\/shared_servers/u],
  'v1 sharing': [/^\/api\/servers\/\{mid\}\/shared_servers/u],
  'v2 servers': [/^\/api\/v2\/servers/u, /^\/api\/v2\/resources/u],
  'v1 servers': [/^\/api\/servers(\/\{mid\})?$/u, /^\/api\/resources/u, /servers\.xml$/u],
  'v1 invites': [/^\/api\/invites/u],
  'v1 users': [/^\/api\/users/u],
  'v2 sharings': [/^\/api\/v2\/sharings/u, /^\/api\/v2\/sharing_settings/u],
  'v2 home': [/^\/api\/v2\/home/u],
  'v1 home': [/^\/api\/home/u],
  'v1 sign-in': [/^\/users\/sign_in/u],
  'v2 sign-in': [/^\/api\/v2\/users\/sign/u],
} satisfies Record<string, readonly RegExp[]>

export interface Retirement {
  /** A group, or a route by its template, for one method or for all. */
  what: RouteGroup | { route: string; method?: string }
  /** As a retired route says it, as one that was never there does, or as one that is for other methods. */
  as: 410 | 404 | 405
}

export function isRetired(retirement: Retirement, method: string, route: string): boolean {
  const { what } = retirement
  if (typeof what === 'string') return groups[what].some((pattern) => pattern.test(route))
  return what.route === route && (what.method === undefined || what.method === method)
}
