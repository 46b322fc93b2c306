/**
 * A button, select or modal is told apart by its custom id: `kind:version:param:param`, at most 100 characters.
 * It is a routing key and nothing more: no secret is in it and nothing is trusted from it.
 * @see https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id
 */
export interface Route<Param extends string = string> {
  readonly kind: string
  readonly params: readonly Param[]
  /** The custom id for these values. Throws where it would be too long: a bug of ours, found by its test. */
  id(values: Readonly<Record<Param, string>>): string
  /** The values, or nothing where this is not one of ours, or one of an older version. */
  read(parts: readonly string[]): Readonly<Record<Param, string>> | undefined
}

const version = '1'
export const longestCustomId = 100

export function route<const Param extends string>(kind: string, ...params: Param[]): Route<Param> {
  return {
    kind,
    params,
    id(values) {
      const id = [kind, version, ...params.map((param) => encodeURIComponent(values[param]))].join(':')
      if (id.length > longestCustomId)
        throw new RangeError(`The custom id of ${kind} is ${id.length} characters`)
      return id
    },
    read(parts) {
      if (parts.length !== params.length) return undefined
      const values = params.map((param, at) => [param, decoded(parts[at] ?? '')] as const)
      if (values.some(([, value]) => value === undefined)) return undefined
      // Every param has just been given a value.
      return Object.fromEntries(values) as Record<Param, string>
    },
  }
}

/** What a custom id says before anybody believes it. */
export function splitCustomId(customId: string): { kind: string; isCurrent: boolean; parts: string[] } {
  const [kind = '', madeBy = '', ...parts] = customId.split(':')
  return { kind, isCurrent: madeBy === version, parts }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
