import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const unit = await readFile('deploy/usherr.service', 'utf8')
const image = await readFile('Dockerfile', 'utf8')
const compose = await readFile('compose.yaml', 'utf8')
const manifest: { scripts: { start: string; build: string } } = JSON.parse(
  await readFile('package.json', 'utf8'),
)

/** Everything that stands behind `key=` in the unit, line by line; what is a comment does not count. */
const unitSays = (key: string) =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []))

/** compose.yaml without its comments. */
const composeSays = compose
  .split('\n')
  .filter((line) => !/^\s*#/u.test(line))
  .join('\n')

/** What follows `node` where the bot is started: its flags, and the file that it begins with. */
const startOf = {
  'npm start': manifest.scripts.start.split(' '),
  image: JSON.parse(/^ENTRYPOINT (\[.+\])$/mu.exec(image)?.[1] ?? '[]') as unknown,
  service: unitSays('ExecStart')[0]?.replace('/usr/bin/node', 'node').split(' '),
}

test('npm start, the image and the service start the same file with the same flags', () => {
  expect(startOf['npm start']).toEqual(['node', '--max-semi-space-size=1', 'dist/src/main.js'])
  expect(startOf.image).toEqual(startOf['npm start'])
  expect(startOf.service).toEqual(startOf['npm start'])
  expect(composeSays).not.toMatch(/^\s*(?:command|entrypoint):/mu)
})

test('the file that they start is the one that the build makes of src/main.ts', async () => {
  expect(manifest.scripts.build).toBe('tsc -p tsconfig.build.json')
  expect(await readFile('tsconfig.build.json', 'utf8')).toMatch(/"outDir": "dist"/u)
  expect(await readFile('src/main.ts', 'utf8')).toContain('createApp(')
})

test('a stop has more time than the bot gives itself to finish what is under way', async () => {
  const main = await readFile('src/main.ts', 'utf8')
  const ownSeconds = Number(/stopWithinMs = (\d+)_000/u.exec(main)?.[1])
  expect(ownSeconds).toBe(15)
  expect(Number(unitSays('TimeoutStopSec')[0])).toBeGreaterThan(ownSeconds)
  expect(Number(/stop_grace_period: (\d+)s/u.exec(composeSays)?.[1])).toBeGreaterThan(ownSeconds)
})

test('the bot’s token alone is needed, and it is a file', () => {
  expect(composeSays.match(/^ {2}[a-z_]+:$\n {4}file: .+$/gmu)).toEqual([
    '  discord_token:\n    file: ./secrets/discord_token',
  ])
  expect(composeSays).not.toContain('PLEX_TOKEN')
  expect(composeSays).not.toContain(':?')
  expect(unitSays('LoadCredential')).toEqual(['discord_token:/etc/usherr/discord_token'])
  expect(unitSays('Environment')).toContain('DISCORD_TOKEN_FILE=%d/discord_token')
  expect(unitSays('Environment').filter((line) => /^[A-Z_]*(?:TOKEN|KEY)=/u.test(line))).toEqual([])
})

test('the service’s folder of state is where its store lies', () => {
  expect(unitSays('StateDirectory')).toEqual(['usherr'])
  expect(unitSays('Environment')).toContain('STORAGE_URL=sqlite:///var/lib/usherr/usherr.sqlite')
})

test('the service may write nowhere else, has no rights of its own, and can still make machine code', () => {
  expect(unitSays('User')).toEqual(['usherr'])
  expect(unitSays('ProtectSystem')).toEqual(['strict'])
  expect(unitSays('NoNewPrivileges')).toEqual(['yes'])
  expect(unitSays('CapabilityBoundingSet')).toEqual([''])
  // V8 compiles while it runs: with this the bot would not start.
  expect(unitSays('MemoryDenyWriteExecute')).toEqual([])
})

test('a service that fails at every start signs in at Discord less than 1,000 times a day', () => {
  expect(unitSays('Restart')).toEqual(['on-failure'])
  const waitSeconds = Number(unitSays('RestartSec')[0])
  expect(86_400 / waitSeconds).toBeLessThan(1_000)
})
