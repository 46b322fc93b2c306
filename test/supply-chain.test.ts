import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

interface Locked {
  version?: string
  integrity?: string
  resolved?: string
  hasInstallScript?: boolean
  optional?: boolean
  link?: boolean
  optionalDependencies?: Record<string, string>
}

const manifest = JSON.parse(await readFile('package.json', 'utf8'))
const lock: { packages: Record<string, Locked> } = JSON.parse(await readFile('package-lock.json', 'utf8'))
const { '': root, ...packages } = lock.packages
const asked: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies }
const installed = Object.entries(packages).map(([path, locked]) => ({
  path,
  name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  ...locked,
}))

/** Releases that carried somebody else's code in 2026; keyv's family was taken over as a whole with its version 6.0.0. */
function isKnownBad(name: string, version: string): boolean {
  if (name === 'axios') return version === '1.14.1' || version === '0.30.4'
  const isKeyvFamily =
    /^(?:keyv|@keyv\/.+|cacheable|@cacheable\/.+|flat-cache|file-entry-cache|cacheable-request)$/u.test(name)
  return isKeyvFamily && version === '6.0.0'
}

describe('what is installed', () => {
  it('is asked for by its exact version', () => {
    const loose = Object.entries(asked).filter(([, version]) => !/^\d+\.\d+\.\d+$/u.test(version))
    expect(loose).toEqual([])
  })

  it('is locked to what package.json asks for, so that npm ci installs it', () => {
    expect({ ...root }).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    })
    const others = Object.entries(asked).filter(
      ([name, version]) => packages[`node_modules/${name}`]?.version !== version,
    )
    expect(others).toEqual([])
  })

  it('is locked for every platform: npm ci refuses a lockfile that lacks an optional package', () => {
    const missing = installed.flatMap(({ path, optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !isReachableFrom(path, name)),
    )
    expect(missing).toEqual([])
  })

  it('has an integrity each, and no address of a registry', () => {
    expect(installed.length).toBeGreaterThan(100)
    expect(
      installed.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(({ path }) => path),
    ).toEqual([])
    expect(
      installed.filter(({ resolved, link }) => resolved !== undefined || link).map(({ path }) => path),
    ).toEqual([])
  })

  it('holds no release that is known to be bad', () => {
    const bad = installed.filter(({ name, version = '' }) => isKnownBad(name, version))
    expect(bad).toEqual([])
    expect(asked.keyv).toBe('5.6.0')
    expect(installed.filter(({ name, version }) => name === 'keyv' && version !== '5.6.0')).toEqual([])
  })

  it.each([
    ['axios', '1.14.1'],
    ['axios', '0.30.4'],
    ['keyv', '6.0.0'],
    ['@keyv/sqlite', '6.0.0'],
  ])('would not hold %s %s', (name, version) => {
    expect(isKnownBad(name, version)).toBe(true)
  })

  it('has one sqlite3, the one without the old tar', () => {
    expect(manifest.overrides).toEqual({ sqlite3: '6.0.1' })
    expect(installed.filter(({ name }) => name === 'sqlite3').map(({ version }) => version)).toEqual([
      '6.0.1',
    ])
  })

  it('runs an install script of sqlite3 and of nothing else; esbuild and fsevents work without theirs', () => {
    const withScripts = installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)
    const known = ['esbuild', 'fsevents', 'sqlite3']
    expect([...new Set(withScripts)].filter((name) => !known.includes(name))).toEqual([])
    expect(manifest.allowScripts).toEqual({ sqlite3: true, esbuild: false })
  })
})

/** As Node resolves: beside the package's own dependencies, then one folder further out each time. */
function isReachableFrom(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    if (packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`]) return true
    if (at === '') return false
  }
}
