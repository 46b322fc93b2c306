import { expect, test } from 'vitest'
import { registrationOf } from '../../src/discord/define.ts'
import { loadCommands } from '../../src/discord/load.ts'

const registered = async () => (await loadCommands()).map(registrationOf)

test('the commands and their options are these: names are a contract', async () => {
  const lines = (await registered()).flatMap(({ name, options = [] }) =>
    options.some((option) => option.type === 1)
      ? options.map((sub) => `/${name} ${sub.name} ${optionNames('options' in sub ? sub.options : [])}`)
      : [`/${name} ${optionNames(options)}`],
  )
  expect(lines).toMatchInlineSnapshot(`
    [
      "/access member [server]",
      "/audit [who] [actor] [since]",
      "/import shares [server]",
      "/invite [libraries] [email] [member] [server] [duration] [downloads] [reason]",
      "/libraries [who] [server]",
      "/me status ",
      "/me leave ",
      "/me export ",
      "/me forget ",
      "/request [libraries] [server] [note]",
      "/revoke who [mode] [server] [reason]",
      "/settings roles role level [review] [sets] [per_week] [longest]",
      "/settings channels [reviewers] [log] [remove]",
      "/settings defaults [approvals] [requests_per_day]",
      "/settings sets name [libraries] [server]",
      "/settings show ",
      "/setup plex ",
      "/setup server ",
      "/setup libraries [server]",
      "/setup roles ",
      "/setup channels ",
      "/setup check ",
      "/sync [mode] [all] [server]",
      "/users [filter] [search] [server]",
    ]
  `)
})

const optionNames = (options: readonly { name: string; required?: boolean }[] = []) =>
  options.map(({ name, required }) => (required ? name : `[${name}]`)).join(' ')

test('commands are for guilds only, where people have roles', async () => {
  for (const command of await registered()) {
    expect(command.contexts).toEqual([0])
    expect(command.integration_types).toEqual([0])
  }
})
