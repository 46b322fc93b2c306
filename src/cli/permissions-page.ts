import type { AnyComponent, Command, Needs } from '../discord/define.ts'
import { capabilities, capabilitiesOf, levels } from '../sharing/policy.ts'

/** `docs/permissions.md`: what each level may, from the declarations that the bot itself asks at every call and press. */
export function permissionsPage(commands: readonly Command[], components: readonly AnyComponent[]): string {
  return `# Permissions

<!-- Made from commands/, src/discord/components/ and src/sharing/policy.ts by \`npm run generate\`; a test keeps them equal. -->

Discord roles are bound to levels with \`/settings roles\`, by the role's id. A level may do everything that the level
before it may. Whoever may manage the Discord server is administrator, so nobody can lock himself out. Without a bound role
nobody may do anything. The roles are those that Discord sends with the very call or press that is being decided.

## Commands

${table(commands.flatMap(commandRows))}

Some parts of a command need another right as well: \`/libraries\` with \`who\` needs \`change\`, \`/revoke\` of a Plex Home
user needs \`home\`, and e-mail addresses that one did not type oneself are shown to \`see-emails\` alone.

## Buttons, selects and forms

A confirmation can be finished only by the person who began it, and the right is asked again when it is pressed.

${table(components.map(componentRow))}

## Rights

${table(capabilities.map((capability) => row(`\`${capability}\``, capability)))}
`
}

type Cells = readonly string[]

function table(rows: readonly Cells[]): string {
  const heading = ['', 'needs', ...levels]
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function commandRows({ name, actions }: Command): Cells[] {
  if (actions.kind === 'one') return [row(`\`/${name}\``, actions.action.needs)]
  return Object.entries(actions.actions).map(([sub, { needs }]) => row(`\`/${name} ${sub}\``, needs))
}

function componentRow(component: AnyComponent): Cells {
  const name = `\`${component.route.kind}\``
  if ('needs' in component) return row(name, component.needs)
  // Pressed in a direct message, where nobody has roles: the use-case compares the person instead.
  const who = 'open' in component ? 'opens an empty form' : 'the member who was asked'
  return [name, who, ...levels.map(() => 'yes')]
}

function row(name: string, needs: Needs): Cells {
  const marks = levels.map((level) =>
    needs === 'everybody' || capabilitiesOf(level).has(needs) ? 'yes' : '',
  )
  return [name, needs === 'everybody' ? 'nothing' : `\`${needs}\``, ...marks]
}
