import type { AnyAction, AnyComponent, Needs } from '../../src/discord/define.ts'
import type { Invocation } from '../../src/discord/interaction.ts'
import { loadCommands, loadComponents } from '../../src/discord/load.ts'
import { createRouter } from '../../src/discord/router.ts'
import { type GuildId, id, type MemberId, type RoleId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { type GuildSettings, noSettings } from '../../src/sharing/guild-settings.ts'
import { type Actor, capabilitiesOf, levels } from '../../src/sharing/policy.ts'
import type { Rules } from '../../src/sharing/rules.ts'
import { mayNot } from '../../src/sharing/use-cases/ports.ts'

export const commands = await loadCommands()
export const components = await loadComponents()
const guild = id<GuildId>('1')
const otherGuild = id<GuildId>('2')
const settings: GuildSettings = {
  ...noSettings(guild),
  bindings: levels.map((level) => ({ roleId: id<RoleId>(level), level })),
}

/** Every command and every component: what is asked, and how one gets there. */
export interface Row {
  name: string
  needs: Needs | 'nobody in particular'
  asked: Invocation['asked']
}

export const rows: Row[] = [
  ...commands.flatMap(({ name, actions }): Row[] =>
    actions.kind === 'one'
      ? [
          {
            name: `/${name}`,
            needs: actions.action.needs,
            asked: { kind: 'command', name, options: requiredOptions(actions.action) },
          },
        ]
      : Object.entries(actions.actions).map(([subcommand, action]) => ({
          name: `/${name} ${subcommand}`,
          needs: action.needs,
          asked: { kind: 'command', name, subcommand, options: requiredOptions(action) },
        })),
  ),
  ...components.map(
    (component): Row => ({
      name: component.route.kind,
      needs: 'needs' in component ? component.needs : 'nobody in particular',
      asked: { kind: 'component', customId: customIdOf(component), values: ['604800000'] },
    }),
  ),
]

/** Discord lets nobody leave these out. */
function requiredOptions({ options }: AnyAction): Record<string, unknown> {
  const needed = Object.entries(options).filter(([, each]) => each.required)
  return Object.fromEntries(
    needed.map(([name, { kind, choices }]) => [name, choices?.[0]?.value ?? (kind === 'number' ? 1 : '1')]),
  )
}

function customIdOf({ route }: AnyComponent): string {
  return route.id(Object.fromEntries(route.params.map((param) => [param, '1'])))
}

export const who = ['nobody', ...levels, 'manages the Discord server'] as const
export const contexts = ['its guild', 'another guild', 'a direct message'] as const

export function actorIn(context: (typeof contexts)[number], level: (typeof who)[number]): Actor | undefined {
  if (context === 'a direct message') return undefined
  return {
    guildId: context === 'its guild' ? guild : otherGuild,
    memberId: id<MemberId>('7'),
    roleIds: level === 'nobody' ? [] : [id<RoleId>(level)],
    managesServer: level === 'manages the Discord server',
  }
}

/** Sends one interaction through the real router; what the rules do is only noted. Off: nobody is asked for rights. */
export async function reachedBy(
  { asked }: Row,
  actor: Actor | undefined,
  asksForRights = true,
): Promise<string[]> {
  const reached: string[] = []
  const rules = new Proxy({} as Rules, {
    get: (_, verb) =>
      verb === 'mayNot'
        ? (asking: Actor, capability: never) =>
            asksForRights ? mayNot({ settings: settingsPort }, asking, capability) : undefined
        : async () => {
            reached.push(String(verb))
            throw new Error('as far as it goes')
          },
  })
  const router = createRouter({
    commands,
    components,
    rules,
    answers: { ...noAnswers, modal: async () => void reached.push('a form') },
    log: silentLog,
    newReference: () => 'ref',
  })
  await router({ id: '1', token: 't', applicationId: 'a', memberId: id<MemberId>('7'), actor, asked })
  return reached
}
const settingsPort = {
  get: async (key: string) => (key === guild ? settings : undefined),
  update: async () => undefined,
  remove: async () => {},
  removeAll: async () => {},
  list: async () => [],
}
export const noAnswers = {
  defer: async () => {},
  deferUpdate: async () => {},
  modal: async () => {},
  choices: async () => {},
  say: async () => {},
  edit: async () => {},
}

export const isAllowed = (needs: Needs, level: (typeof who)[number], context: (typeof contexts)[number]) => {
  if (context === 'a direct message') return false
  if (needs === 'everybody' || level === 'manages the Discord server') return true
  return context === 'its guild' && level !== 'nobody' && capabilitiesOf(level).has(needs)
}
