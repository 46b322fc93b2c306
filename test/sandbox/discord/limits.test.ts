import { type BaseInteraction, MessageFlags } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { aBot, aDiscord } from './bot.ts'

const commands = [{ name: 'try', description: 'Tries' }]

/** Sends a callback as it is, past everything discord.js would look at. */
const callback = (interaction: BaseInteraction, body: unknown) =>
  interaction.client.rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, {
    body,
    auth: false,
  })

const afterTrying = async (work: (interaction: BaseInteraction) => Promise<unknown>) => {
  const discord = await aDiscord()
  const ended = new Promise<unknown>((resolve, reject) => {
    aBot(discord, (interaction) => work(interaction).then(resolve, resolve), { commands })
      .then(() => discord.person('max').slash('try'))
      .catch(reject)
  })
  return { discord, ended: await ended }
}

describe('a limit broken over the wire', () => {
  it('is answered as Discord answers, and recorded', async () => {
    const { discord, ended } = await afterTrying((interaction) =>
      callback(interaction, {
        type: 4,
        data: {
          components: [
            { type: 1, components: [{ type: 2, style: 1, custom_id: 'a', label: 'x'.repeat(81) }] },
          ],
        },
      }),
    )
    expect(ended).toMatchObject({ code: 50035, status: 400 })
    expect(discord.requests.at(-1)?.answer).toEqual({
      code: 50035,
      message: 'Invalid Form Body',
      errors: {
        data: {
          components: {
            0: {
              components: {
                0: {
                  label: {
                    _errors: [{ code: 'BUTTON_LABEL', message: 'must be 80 or fewer in length, is 81' }],
                  },
                },
              },
            },
          },
        },
      },
    })
    expect(discord.problems).toEqual([
      {
        rule: 'button.label',
        request: 'POST /interactions/:id/:token/callback',
        says: 'data.components.0.components.0.label: must be 80 or fewer in length, is 81',
      },
    ])
  })

  it.each<[string, string | number, unknown]>([
    ['an empty message', 50006, { type: 4, data: {} }],
    ['a deferred answer with another flag', 50035, { type: 5, data: { flags: MessageFlags.IsComponentsV2 } }],
    ['an update without a message', 50035, { type: 7, data: { content: 'a' } }],
    ['choices for a command', 50035, { type: 8, data: { choices: [] } }],
    [
      'a modal that is too long',
      50035,
      { type: 9, data: { custom_id: 'a', title: 'x'.repeat(46), components: [] } },
    ],
    ['no type at all', 50035, {}],
  ])('%s', async (_what, code, body) => {
    const { discord, ended } = await afterTrying((interaction) => callback(interaction, body))
    expect(ended).toMatchObject({ code })
    expect(discord.problems).not.toEqual([])
  })

  it('a misspelt field is taken without a word, and recorded', async () => {
    const { discord, ended } = await afterTrying((interaction) =>
      callback(interaction, { type: 4, data: { content: 'a', allowedMentions: { parse: [] } } }),
    )
    expect(ended).not.toBeInstanceOf(Error)
    expect(discord.problems).toEqual([
      {
        rule: 'message.unknown-key',
        request: 'POST /interactions/:id/:token/callback',
        says: 'data.allowedMentions: message has no such field',
      },
    ])
  })

  it('an interaction that never was is unknown', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    await expect(
      client.rest.post('/interactions/1/abc/callback', { body: { type: 5 }, auth: false }),
    ).rejects.toMatchObject({ code: 10062 })
    await expect(
      client.rest.patch(`/webhooks/${client.user.id}/abc/messages/@original`, {
        body: { content: 'a' },
        auth: false,
      }),
    ).rejects.toMatchObject({ code: 10015 })
  })
})

describe('the menu of commands', () => {
  it('is replaced as a whole, keeps ids of names that stay, and reads back', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord, undefined, { commands })
    const [before] = discord.commands()
    await client.application.commands.set([...commands, { name: 'more', description: 'More' }])
    expect(discord.commands().map((command) => command.name)).toEqual(['try', 'more'])
    expect(discord.commands()[0]?.id).toBe(before?.id)
    expect((await client.application.commands.fetch()).map((command) => command.name)).toEqual([
      'try',
      'more',
    ])
    expect(discord.problems).toEqual([])
  })

  it('takes, changes and loses single commands', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const created = await client.application.commands.create({
      name: 'one',
      description: 'One',
      contexts: [0],
    })
    const again = await client.application.commands.create({ name: 'one', description: 'Still one' })
    expect(again.id).toBe(created.id)
    await client.application.commands.edit(created.id, { description: 'Changed' })
    expect(discord.commands()[0]?.description).toBe('Changed')
    await client.application.commands.delete(created.id)
    expect(discord.commands()).toEqual([])
    await expect(client.application.commands.delete(created.id)).rejects.toMatchObject({ code: 10063 })
    expect(discord.problems).toEqual([])
  })

  it('is each guild’s own beside the global one', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord, undefined, { commands })
    const guild = client.guilds.cache.first()
    await guild?.commands.set([{ name: 'here', description: 'Only here' }])
    expect(discord.commands('Cinema Club').map((command) => command.name)).toEqual(['try', 'here'])
    expect(discord.commands()[0]?.guild_id).toBeUndefined()
  })

  it('refuses a bad one, and says which', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const bad = [...commands, { name: 'Loud', description: 'a' }]
    await expect(client.application.commands.set(bad)).rejects.toMatchObject({ code: 50035 })
    expect(discord.problems[0]).toMatchObject({
      rule: 'command.name',
      says: expect.stringContaining('1.name'),
    })
  })

  it('takes 200 new ones a day', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const hundred = (word: string) =>
      Array.from({ length: 100 }, (_, at) => ({ name: `${word}${at}`, description: 'a' }))
    await client.application.commands.set(hundred('a'))
    await client.application.commands.set(hundred('b'))
    await client.application.commands.set(hundred('b'))
    // discord.js would wait out the 429 by itself, for a day.
    const answer = await fetch(`${discord.url}/v10/applications/${client.user.id}/commands`, {
      method: 'PUT',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(hundred('c')),
    })
    expect(answer.status).toBe(429)
    expect(await answer.json()).toMatchObject({ code: 30034 })
  })
})
