import { isObject, type JsonObject, listIn, numberIn, objectsIn, textIn } from '../json.ts'
import { refusals } from '../refusal.ts'
import { commandBreaches, commandsTogether } from '../rules/command.ts'
import type { RegisteredCommand, RegisteredOption, State } from '../state.ts'
import { type Answer, type BotRequest, bodyOf, done, given, insist, type Route } from './route.ts'

/** The menu of commands, global and per guild. A name of a type exists once in each scope; POST overwrites it. */
export const commandRoutes: Route[] = [
  'applications/:application',
  'applications/:application/guilds/:guild',
].flatMap((scope): Route[] => [
  { method: 'GET', path: `${scope}/commands`, auth: 'bot', answer: list },
  { method: 'PUT', path: `${scope}/commands`, auth: 'bot', answer: replaceAll },
  { method: 'POST', path: `${scope}/commands`, auth: 'bot', answer: create },
  { method: 'GET', path: `${scope}/commands/:command`, auth: 'bot', answer: read },
  { method: 'PATCH', path: `${scope}/commands/:command`, auth: 'bot', answer: change },
  { method: 'DELETE', path: `${scope}/commands/:command`, auth: 'bot', answer: remove },
])

type Parameters = Readonly<Record<string, string>>

function list(state: State, _request: BotRequest, parameters: Parameters): Answer {
  return given(commandsIn(state, parameters))
}

function replaceAll(state: State, request: BotRequest, parameters: Parameters): Answer {
  const wanted = listIn(request.body)
  if (!Array.isArray(request.body)) throw refusals.badJson()
  const before = commandsIn(state, parameters)
  const isGuild = parameters.guild !== undefined
  insist(state, request, [
    ...wanted.flatMap((one, index) => commandBreaches(one, isGuild, `${index}`)),
    ...commandsTogether(wanted),
  ])
  const after = objectsIn(wanted).map((one) => registered(state, one, parameters, sameAs(before, one)))
  countCreates(state, parameters, after.filter((one) => before.every((old) => old.id !== one.id)).length)
  state.commands.set(parameters.guild ?? '', after)
  return given(after)
}

function create(state: State, request: BotRequest, parameters: Parameters): Answer {
  const body = bodyOf(request)
  const before = commandsIn(state, parameters)
  const old = sameAs(before, body)
  insist(state, request, [
    ...commandBreaches(body, parameters.guild !== undefined),
    ...commandsTogether([...before.filter((one) => one !== old), body]),
  ])
  if (old === undefined) countCreates(state, parameters, 1)
  const command = registered(state, body, parameters, old)
  state.commands.set(parameters.guild ?? '', [...before.filter((one) => one !== old), command])
  return { status: old === undefined ? 201 : 200, body: command }
}

function read(state: State, _request: BotRequest, parameters: Parameters): Answer {
  return given(commandOf(state, parameters))
}

function change(state: State, request: BotRequest, parameters: Parameters): Answer {
  const old = commandOf(state, parameters)
  const { id, application_id, guild_id, version, ...was } = old
  const whole: JsonObject = { ...asSent(was), ...bodyOf(request) }
  insist(state, request, commandBreaches(whole, guild_id !== undefined))
  const command = registered(state, whole, parameters, old)
  const others = commandsIn(state, parameters).filter((one) => one !== old)
  state.commands.set(parameters.guild ?? '', [...others, command])
  return given(command)
}

function remove(state: State, _request: BotRequest, parameters: Parameters): Answer {
  const old = commandOf(state, parameters)
  const others = commandsIn(state, parameters).filter((one) => one !== old)
  state.commands.set(parameters.guild ?? '', others)
  return done
}

function commandsIn(state: State, { application, guild }: Parameters): RegisteredCommand[] {
  if (application !== state.world.application.id) throw refusals.missingAccess()
  if (guild !== undefined && state.guild(guild) === undefined) throw refusals.missingAccess()
  return state.commands.get(guild ?? '') ?? []
}

function commandOf(state: State, parameters: Parameters): RegisteredCommand {
  const found = commandsIn(state, parameters).find((one) => one.id === parameters.command)
  if (found === undefined) throw refusals.unknownCommand()
  return found
}

const sameAs = (before: readonly RegisteredCommand[], one: JsonObject): RegisteredCommand | undefined =>
  before.find((old) => old.name === one.name && old.type === (numberIn(one.type) ?? 1))

/** 200 creates a day for each guild, and as many for the global scope; replacing one that exists does not count. */
function countCreates(state: State, { guild = '' }: Parameters, creates: number): void {
  const now = state.now().getTime()
  const today = (state.commandCreates.get(guild) ?? []).filter((at) => now - at < 86_400_000)
  if (today.length + creates > 200) {
    throw refusals.dailyCreatesReached((86_400_000 - (now - (today[0] ?? now))) / 1000)
  }
  state.commandCreates.set(guild, [...today, ...Array.from({ length: creates }, () => now)])
}

function registered(
  state: State,
  body: JsonObject,
  { guild }: Parameters,
  old: RegisteredCommand | undefined,
): RegisteredCommand {
  const permissions = body.default_member_permissions
  const contexts = Array.isArray(body.contexts) ? body.contexts.map(Number) : null
  return {
    id: old?.id ?? state.newId(),
    application_id: state.world.application.id,
    ...(guild === undefined ? {} : { guild_id: guild }),
    version: state.newId(),
    type: numberIn(body.type) ?? 1,
    name: textIn(body.name) ?? '',
    name_localizations: isObject(body.name_localizations) ? body.name_localizations : null,
    description: textIn(body.description) ?? '',
    description_localizations: isObject(body.description_localizations)
      ? body.description_localizations
      : null,
    // `commandBreaches` has refused options of every other shape.
    options: objectsIn(body.options) as unknown as RegisteredOption[],
    default_member_permissions:
      permissions === undefined || permissions === null ? null : String(permissions),
    contexts,
    dm_permission: contexts === null ? body.dm_permission !== false : contexts.includes(1),
    integration_types: Array.isArray(body.integration_types) ? body.integration_types.map(Number) : [0],
    nsfw: body.nsfw === true,
  }
}

/** A kept command as a body that could have made it: the rules hold for guild commands too, without their global fields. */
function asSent(was: Omit<RegisteredCommand, 'id' | 'application_id' | 'guild_id' | 'version'>): JsonObject {
  const { contexts, integration_types, dm_permission, ...rest } = was
  return contexts === null ? { ...rest } : { ...rest, contexts, integration_types }
}
