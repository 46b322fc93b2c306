import { type BaseInteraction, MessageFlags } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { Cannot } from '../../../src/sandbox/discord/index.ts'
import { aBot, aDiscord } from './bot.ts'

const hello = {
  name: 'hello',
  description: 'Says hello',
  options: [
    { type: 3, name: 'who', description: 'Whom', required: true, max_length: 10 },
    { type: 4, name: 'times', description: 'How often', min_value: 1, max_value: 3 },
    { type: 5, name: 'loud', description: 'Loudly' },
    { type: 6, name: 'member', description: 'A member' },
    { type: 7, name: 'place', description: 'A channel', channel_types: [0] },
    { type: 8, name: 'role', description: 'A role' },
    { type: 9, name: 'any', description: 'A member or role' },
    { type: 10, name: 'factor', description: 'A number' },
    { type: 11, name: 'list', description: 'A file' },
    { type: 3, name: 'tone', description: 'How', choices: [{ name: 'Kindly', value: 'kind' }] },
  ],
}
const find = {
  name: 'find',
  description: 'Finds a film',
  options: [{ type: 3, name: 'film', description: 'Which', autocomplete: true, required: true }],
}
const settings = {
  name: 'settings',
  description: 'Settings',
  default_member_permissions: '32',
  contexts: [0],
  options: [
    {
      type: 2,
      name: 'more',
      description: 'More',
      options: [
        {
          type: 1,
          name: 'roles',
          description: 'Roles',
          options: [{ type: 8, name: 'role', description: 'A role', required: true }],
        },
      ],
    },
    { type: 1, name: 'show', description: 'Shows' },
  ],
}
const invite = { name: 'Invite to Plex', type: 2 }
const quote = { name: 'Quote', type: 3 }
const commands = [hello, find, settings, invite, quote]

const withBot = async (answer: (interaction: BaseInteraction) => Promise<unknown>) => {
  const discord = await aDiscord()
  const { errors } = await aBot(discord, answer, { commands })
  return { discord, max: discord.person('max'), errors }
}

describe('a slash command', () => {
  it('is answered directly', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply(`Hello ${interaction.options.getString('who')}!`)
    })
    const handle = await max.slash('hello', { who: 'world' })
    expect(await handle.acknowledged()).toMatchObject({ type: 4, ephemeral: false })
    expect(handle.ackMs).toBeGreaterThan(0)
    expect((await handle.answered()).content).toBe('Hello world!')
    expect(discord.messagesIn('general').map((message) => message.content)).toEqual(['Hello world!'])
    expect(discord.problems).toEqual([])
  })

  it('is deferred for one person only, filled, and edited again', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      await interaction.editReply('first')
      await interaction.editReply('second')
    })
    const handle = await max.slash('hello', { who: 'world' })
    expect(await handle.acknowledged()).toMatchObject({ type: 5, ephemeral: true })
    const first = await handle.answered()
    expect(discord.textOf(first)).toBe('(only you can see this)\nfirst')
    const second = await handle.updated()
    expect(second.content).toBe('second')
    expect(second.editedAt).toBeDefined()
    expect(handle.message()).toEqual(second)
    expect(discord.messagesIn('general')).toEqual([])
    expect(discord.problems).toEqual([])
  })

  it('carries every kind of option with what it names', async () => {
    let got: unknown
    const { discord, max } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand() || !interaction.inCachedGuild()) return
      const { options } = interaction
      const file = options.getAttachment('list')
      got = {
        who: options.getString('who'),
        times: options.getInteger('times'),
        loud: options.getBoolean('loud'),
        member: options.getMember('member')?.displayName,
        place: options.getChannel('place')?.name,
        role: options.getRole('role')?.name,
        any: options.getMentionable('any')?.toString(),
        factor: options.getNumber('factor'),
        tone: options.getString('tone'),
        file: await (await fetch(file?.url ?? '')).text(),
        locale: [interaction.locale, interaction.guildLocale],
        may: interaction.memberPermissions.has('ManageGuild'),
        channel: interaction.channel?.name,
      }
      await interaction.reply({ content: 'ok', flags: MessageFlags.Ephemeral })
    })
    max.locale = 'de'
    const handle = await max.slash(
      'hello',
      {
        who: 'you',
        times: 2,
        loud: true,
        member: { user: 'rita' },
        place: { channel: 'log' },
        role: { role: 'Member' },
        any: { user: 'ada' },
        factor: 1.5,
        list: { file: { name: 'people.csv', content: 'a,b' } },
        tone: 'Kindly',
      },
      { channel: 'reviews' },
    )
    await handle.answered()
    expect(got).toEqual({
      who: 'you',
      times: 2,
      loud: true,
      member: 'Rita',
      place: 'log',
      role: 'Member',
      any: `<@${discord.person('ada').id}>`,
      factor: 1.5,
      tone: 'kind',
      file: 'a,b',
      locale: ['de', 'en-US'],
      may: false,
      channel: 'reviews',
    })
    expect(discord.problems).toEqual([])
  })

  it('finds subcommands and groups', async () => {
    const { discord } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      const { options } = interaction
      await interaction.reply(`${options.getSubcommandGroup()}/${options.getSubcommand()}`)
    })
    const ada = discord.person('ada')
    const deep = await ada.slash('settings more roles', { role: { role: 'Member' } })
    expect((await deep.answered()).content).toBe('more/roles')
    expect((await (await ada.slash('settings show')).answered()).content).toBe('null/show')
  })

  it.each([
    ['an unknown command', 'nothing', {}, 'no command'],
    ['an unknown option', 'hello', { who: 'a', where: 'b' }, 'no option'],
    ['a missing required option', 'hello', {}, 'needs the option'],
    ['a value outside the choices', 'hello', { who: 'a', tone: 'rude' }, 'offers Kindly'],
    ['text that is too long', 'hello', { who: 'a'.repeat(11) }, 'at most 10'],
    ['a number that is too big', 'hello', { who: 'a', times: 4 }, '3 or less'],
    ['a fraction where a whole number belongs', 'hello', { who: 'a', times: 1.5 }, 'whole number'],
    ['a role that does not exist', 'hello', { who: 'a', role: { role: 'King' } }, 'finds nobody'],
    ['a command without its subcommand', 'settings', {}, 'needs a subcommand'],
    ['a command that the menu hides', 'settings show', {}, 'does not show'],
  ])('is not sent with %s', async (_what, words, options, says) => {
    const { discord } = await withBot(async () => {})
    const who = words === 'settings' ? 'ada' : 'max'
    const sending = discord.person(who).slash(words, options)
    await expect(sending).rejects.toThrow(Cannot)
    await expect(sending).rejects.toThrow(says)
  })

  it('is not offered where its contexts leave it out', async () => {
    const { discord } = await withBot(async () => {})
    await expect(discord.person('ada').slash('settings show', {}, { dm: true })).rejects.toThrow(
      'not offered in DMs',
    )
  })

  it('works in a DM', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(`dm ${interaction.channel?.isDMBased()}`)
    })
    const handle = await max.slash('hello', { who: 'a' }, { dm: true })
    expect((await handle.answered()).content).toBe('dm true')
    expect(discord.dmsOf('max').map((message) => message.content)).toEqual(['dm true'])
  })
})

describe('other ways to ask', () => {
  it('autocomplete offers what the bot offers for the typed text', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (!interaction.isAutocomplete()) return
      const typed = interaction.options.getFocused()
      await interaction.respond([{ name: `Film ${typed}`, value: typed }])
    })
    expect(await max.autocomplete('find', { film: 'al' }, 'film')).toEqual([{ name: 'Film al', value: 'al' }])
    await expect(max.autocomplete('hello', { who: 'al' }, 'who')).rejects.toThrow('no autocomplete')
    expect(discord.problems).toEqual([])
  })

  it('a user menu names its target', async () => {
    const { max } = await withBot(async (interaction) => {
      if (!interaction.isUserContextMenuCommand()) return
      await interaction.reply(`${interaction.targetUser.username} ${interaction.targetMember !== null}`)
    })
    expect((await (await max.userMenu('Invite to Plex', 'nina')).answered()).content).toBe('nina true')
    expect((await (await max.userMenu('Invite to Plex', 'tom')).answered()).content).toBe('tom false')
  })

  it('a message menu names its target', async () => {
    const { max } = await withBot(async (interaction) => {
      if (interaction.isMessageContextMenuCommand())
        await interaction.reply(interaction.targetMessage.content)
    })
    const said = await max.says('hear, hear')
    expect((await (await max.messageMenu('Quote', said)).answered()).content).toBe('hear, hear')
  })
})

describe('follow-ups and the original', () => {
  it('are posted, edited and deleted by the token', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.reply({ content: 'one', flags: MessageFlags.Ephemeral })
      const more = await interaction.followUp({ content: 'two', flags: MessageFlags.Ephemeral })
      await interaction.followUp('three')
      await interaction.editReply({ message: more.id, content: 'two and a half' })
      const original = await interaction.fetchReply()
      await interaction.editReply(`${original.content}, seen`)
      await interaction.deleteReply()
    })
    const handle = await max.slash('hello', { who: 'a' })
    expect((await handle.answered()).content).toBe('one')
    await handle.followUp(2)
    await discord.until(() => (handle.message() === undefined ? true : undefined), 'the original is deleted')
    expect(handle.followUps.map((message) => [message.content, message.ephemeral])).toEqual([
      ['two and a half', true],
      ['three', false],
    ])
    expect(discord.problems).toEqual([])
  })

  it('the first follow-up fills a deferred answer', async () => {
    const { max } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      await interaction.followUp('filled')
    })
    const answer = await (await max.slash('hello', { who: 'a' })).answered()
    expect([answer.content, answer.ephemeral]).toEqual(['filled', true])
  })

  it('with a response on request', async () => {
    let id: string | undefined
    const { max } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      const response = await interaction.reply({ content: 'here', withResponse: true })
      id = response.resource?.message?.id
    })
    const handle = await max.slash('hello', { who: 'a' })
    const answer = await handle.answered()
    await handle.acknowledged()
    await expect.poll(() => id).toBe(answer.id)
  })

  it('carry files', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.reply({ files: [{ attachment: Buffer.from('a,b\n'), name: 'people.csv' }] })
    })
    const answer = await (await max.slash('hello', { who: 'a' })).answered()
    expect(discord.textOf(answer)).toBe('(file people.csv, 4 bytes)')
    expect(Buffer.from(answer.attachments[0]?.bytes ?? []).toString()).toBe('a,b\n')
    expect(discord.requests.at(-1)?.files).toEqual([{ filename: 'people.csv', text: 'a,b\n' }])
    expect(discord.problems).toEqual([])
  })

  it('ephemeral ones cannot be read through the channel', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(
      discord,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply({ content: 'psst', flags: 64 })
      },
      { commands },
    )
    const answer = await (await discord.person('max').slash('hello', { who: 'a' })).answered()
    await expect(
      client.rest.get(`/channels/${answer.channelId}/messages/${answer.id}`),
    ).rejects.toMatchObject({ code: 10008 })
    await expect(
      client.rest.patch(`/channels/${answer.channelId}/messages/${answer.id}`, { body: { content: 'x' } }),
    ).rejects.toMatchObject({ code: 10008 })
  })
})

describe('acknowledgement', () => {
  it('twice is refused with 40060 and recorded', async () => {
    const { discord, max, errors } = await withBot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.reply('one')
      interaction.replied = false
      await interaction.reply('two')
    })
    const handle = await max.slash('hello', { who: 'a' })
    await handle.answered()
    await discord.until(() => discord.problems[0], 'a problem')
    expect(discord.problems.map((one) => one.rule)).toEqual(['interaction.acknowledged-twice'])
    await expect.poll(() => errors[0]).toMatchObject({ code: 40060 })
  })

  it('of an interaction delivered twice is refused the second time, and nobody is blamed', async () => {
    const { discord, max, errors } = await withBot(async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply('one')
    })
    discord.deliverTwice()
    const handle = await max.slash('hello', { who: 'a' })
    await handle.answered()
    await expect.poll(() => errors[0]).toMatchObject({ code: 40060 })
    handle.deliverAgain()
    await expect.poll(() => errors[1]).toMatchObject({ code: 40060 })
    expect(discord.messagesIn('general')).toHaveLength(1)
    expect(discord.problems).toEqual([])
  })

  it('after 3 s finds an unknown interaction', async () => {
    let now = new Date('2026-01-01T12:00:00Z')
    const discord = await aDiscord({ now: () => now })
    const { errors } = await aBot(
      discord,
      async (interaction) => {
        now = new Date(now.getTime() + 3_001)
        if (interaction.isChatInputCommand()) await interaction.reply('late')
      },
      { commands },
    )
    const handle = await discord.person('max').slash('hello', { who: 'a' })
    await expect(handle.answered()).rejects.toThrow('did not respond')
    await expect.poll(() => errors[0]).toMatchObject({ code: 10062 })
    expect(discord.problems.map((one) => one.rule)).toEqual(['interaction.acknowledged-late'])
  })

  it('that never comes is told to the person, by either clock', async () => {
    let now = new Date('2026-01-01T12:00:00Z')
    const discord = await aDiscord({ now: () => now, acknowledgeWithinMs: 100 })
    await aBot(discord, async () => {}, { commands })
    const handle = await discord.person('max').slash('hello', { who: 'a' })
    const waiting = expect(handle.acknowledged()).rejects.toThrow('did not respond')
    now = new Date(now.getTime() + 3_001)
    discord.clockMoved()
    await waiting
    const silent = await discord.person('max').slash('hello', { who: 'a' })
    await expect(silent.answered()).rejects.toThrow('did not respond')
  })

  it('is impossible without a bot, and says so', async () => {
    const discord = await aDiscord({ acknowledgeWithinMs: 50 })
    const { client } = await aBot(discord, async () => {}, { commands })
    await client.destroy()
    await discord.until(() => (discord.connections() === 0 ? true : undefined), 'the bot is gone')
    const handle = await discord.person('max').slash('hello', { who: 'a' })
    await expect(handle.acknowledged()).rejects.toThrow('no bot was connected')
  })

  it('must come before the token is used, and the token dies after 15 minutes', async () => {
    let now = new Date('2026-01-01T12:00:00Z')
    const discord = await aDiscord({ now: () => now })
    const codes: unknown[] = []
    await aBot(
      discord,
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return
        const failing = (work: Promise<unknown>) =>
          work.catch((error: { code: unknown }) => codes.push(error.code))
        await failing(interaction.webhook.send('early'))
        await interaction.reply('on time')
        now = new Date(now.getTime() + 15 * 60_000 + 1)
        await failing(interaction.editReply('too late'))
        discord.clockMoved()
      },
      { commands },
    )
    await (await discord.person('max').slash('hello', { who: 'a' })).answered()
    await expect.poll(() => codes).toEqual([10015, 50027])
    expect(discord.problems.map((one) => one.rule)).toEqual([
      'interaction.not-acknowledged',
      'interaction.token-expired',
    ])
  })
})

describe('raw and changed interactions', () => {
  it('a payload can be changed on its way', async () => {
    const { discord, max } = await withBot(async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(`guild ${interaction.guildId}`)
    })
    discord.changeNextInteraction((payload) => ({ ...payload, guild_id: undefined }))
    expect((await (await max.slash('hello', { who: 'a' })).answered()).content).toBe('guild null')
    expect((await (await max.slash('hello', { who: 'a' })).answered()).content).not.toBe('guild null')
  })

  it('any payload can be sent', async () => {
    const { max } = await withBot(async (interaction) => {
      if (interaction.isButton()) await interaction.reply(interaction.customId)
    })
    const handle = await max.rawInteraction({
      type: 3,
      application_id: '1',
      user: { id: max.id, username: 'max', discriminator: '0', avatar: null },
      entitlements: [],
      authorizing_integration_owners: {},
      message: { id: '1', channel_id: '2', author: { id: '3', username: 'a' }, components: [] },
      data: { component_type: 2, custom_id: 'made up' },
    })
    expect((await handle.answered()).content).toBe('made up')
  })
})
