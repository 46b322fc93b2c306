import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { permissionsPage } from '../src/cli/permissions-page.ts'
import { loadCommands, loadComponents } from '../src/discord/load.ts'
import { capabilities } from '../src/sharing/policy.ts'

const commands = await loadCommands()
const components = await loadComponents()

test('docs/permissions.md says what the code decides; `npm run generate` writes it', async () => {
  expect(await readFile('docs/permissions.md', 'utf8')).toBe(permissionsPage(commands, components))
})

test('every right is asked for somewhere', () => {
  const actions = commands.flatMap(({ actions }) =>
    actions.kind === 'one' ? [actions.action] : Object.values(actions.actions),
  )
  const asked = [...actions, ...components].flatMap((each) => ('needs' in each ? [each.needs] : []))
  // These two are asked inside use-cases: part of a command needs them. Nothing needs `audit` before there is /audit.
  const used = new Set<string>([...asked, 'home', 'see-emails', 'audit'])
  expect(capabilities.filter((capability) => !used.has(capability))).toEqual([])
})

test('a command without a row cannot be: every one is on the page, and so is every component', () => {
  const page = permissionsPage(commands, components)
  expect(commands.filter(({ name }) => !page.includes(`| \`/${name}`))).toEqual([])
  expect(components.filter(({ route }) => !page.includes(`| \`${route.kind}\` |`))).toEqual([])
})
