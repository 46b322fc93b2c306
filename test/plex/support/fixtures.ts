import { readFileSync } from 'node:fs'

/** One invented answer of plex.tv, as `test/fixtures/plex/manifest.json` describes it. */
export interface Fixture {
  file: string
  method: string
  url: string
  status: number
  contentType: string | null
  headers: Record<string, string>
  expect: string
}

const folder = new URL('../../fixtures/plex/', import.meta.url)

// Our own file, with the fields that its README names.
const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as { fixtures: Fixture[] }
export const fixtures: readonly Fixture[] = manifest.fixtures

export const fixtureBody = (file: string): Buffer => readFileSync(new URL(file, folder))

export function fixture(file: string): Fixture {
  const found = fixtures.find((each) => each.file === file)
  if (!found) throw new Error(`no fixture ${file}`)
  return found
}

export const harbor = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee01'
