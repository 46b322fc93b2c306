import { readFile } from 'node:fs/promises'
import { isObject, type JsonObject, listIn, objectIn, textIn } from './json.ts'
import type { Breach } from './rules/breach.ts'

/** Discord's own description of its API, as a judge of requests. */
export interface OpenApi {
  breaches(method: string, path: string, body: unknown): Breach[]
}

export const openApiBreaches = (openApi: OpenApi, method: string, path: string, body: unknown): Breach[] =>
  openApi.breaches(method, path, body)

/**
 * Reads the description at `path` (an OpenAPI 3.1 document). The validator is a development dependency, so it is
 * loaded only here. Takes about half a second; each body is compiled once, when it is first met.
 */
export async function readOpenApi(path: string): Promise<OpenApi> {
  const document = adjusted(JSON.parse(await readFile(path, 'utf8')))
  if (!isObject(document)) throw new Error(`${path} is no OpenAPI description`)
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const formats = await import('ajv-formats')
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  formats.default.default(ajv)
  ajv.addFormat('snowflake', /^(0|[1-9]\d*)$/)
  ajv.addFormat('nonce', true)
  ajv.addSchema(document, 'discord')
  const operations = operationsByLength(document)
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>()

  return {
    breaches(method, path, body) {
      const template = templateFor(operations, method.toLowerCase(), path)
      if (template === undefined)
        return [{ rule: 'openapi.route', path: '', says: 'is not in the description' }]
      const operation = objectIn(objectIn(objectIn(document.paths)[template])[method.toLowerCase()])
      if (objectIn(objectIn(operation.requestBody).content)['application/json'] === undefined) {
        return body === undefined ? [] : [{ rule: 'openapi.body', path: '', says: 'takes no body' }]
      }
      const key = `${method} ${template}`
      const pointer = [
        'paths',
        template,
        method.toLowerCase(),
        'requestBody',
        'content',
        'application/json',
        'schema',
      ]
      const check = compiled.get(key) ?? ajv.compile({ $ref: `discord#/${pointer.map(escaped).join('/')}` })
      compiled.set(key, check)
      if (check(body ?? {})) return []
      return (
        (check.errors ?? [])
          // That the branch chosen by `type` failed says nothing beside the reason why.
          .filter((error) => error.keyword !== 'if')
          .slice(0, 5)
          .map((error) => ({
            rule: `openapi.${error.keyword === 'false schema' ? 'type' : error.keyword}`,
            path: error.instancePath.slice(1).replaceAll('/', '.'),
            says: `${error.instancePath} ${error.message ?? ''}`.trim(),
          }))
      )
    },
  }
}

/**
 * What the description needs before requests can be held against it: whole numbers may come as digits (its README
 * says so; discord.js sends permissions like that); unions told apart by `type` become a chain of conditions, so that
 * an error names its cause; an empty enum, which nothing could pass, is dropped.
 */
function adjusted(document: unknown): unknown {
  const schemas = objectIn(objectIn(objectIn(document).components).schemas)
  const typesOf = (branch: unknown): readonly unknown[] | undefined => {
    const name = textIn(objectIn(branch).$ref)?.replace('#/components/schemas/', '')
    const target = name === undefined ? branch : schemas[name]
    const type = objectIn(objectIn(objectIn(target).properties).type)
    return Array.isArray(type.enum) ? type.enum : undefined
  }
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (!isObject(value)) return value
    const own: Record<string, unknown> = {}
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'enum' && listIn(inner).length === 0) continue
      if (key === 'oneOf' || key === 'anyOf') Object.assign(own, union(listIn(inner)))
      // References are to the whole document, which the validator knows by a name.
      else if (key === '$ref' && typeof inner === 'string') own[key] = `discord${inner}`
      else own[key] = walk(inner)
    }
    return withDigits(own)
  }
  const union = (branches: readonly unknown[]): JsonObject => {
    const isNull = (branch: unknown) => objectIn(branch).type === 'null'
    const others = branches.filter((branch) => !isNull(branch))
    const types = others.map(typesOf)
    if (others.length < 2 || types.some((one) => one === undefined)) return { anyOf: branches.map(walk) }
    const chain = others.reduceRight<unknown>(
      (otherwise, branch, index) => ({
        if: { type: 'object', properties: { type: { enum: types[index] } }, required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema.
        then: walk(branch),
        else: otherwise,
      }),
      false,
    )
    return others.length < branches.length ? { anyOf: [{ type: 'null' }, chain] } : objectIn(chain)
  }
  return walk(document)
}

function withDigits(schema: Record<string, unknown>): JsonObject {
  const types = [schema.type].flat()
  if (!types.includes('integer') || schema.enum !== undefined) return schema
  return { ...schema, type: [...new Set([...types, 'string'])], pattern: '^-?\\d+$', format: undefined }
}

type Operations = ReadonlyMap<string, readonly string[]>

function operationsByLength(document: JsonObject): Operations {
  const groups = new Map<string, string[]>()
  for (const [template, operations] of Object.entries(objectIn(document.paths))) {
    for (const method of Object.keys(objectIn(operations))) {
      const key = `${method} ${template.split('/').length}`
      groups.set(key, [...(groups.get(key) ?? []), template])
    }
  }
  const parameters = (template: string) => template.split('{').length
  for (const group of groups.values()) group.sort((a, b) => parameters(a) - parameters(b))
  return groups
}

function templateFor(operations: Operations, method: string, path: string): string | undefined {
  const steps = decodeURIComponent(path).split('/')
  return operations
    .get(`${method} ${steps.length}`)
    ?.find((template) =>
      template.split('/').every((step, index) => step.startsWith('{') || step === steps[index]),
    )
}

const escaped = (step: string): string => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
