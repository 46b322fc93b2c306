import {
  ActionRowBuilder,
  type BaseInteraction,
  ButtonBuilder,
  ButtonStyle,
  ChannelSelectMenuBuilder,
  ChannelType,
  ContainerBuilder,
  MentionableSelectMenuBuilder,
  type MessageActionRowComponentBuilder,
  MessageFlags,
  RoleSelectMenuBuilder,
  SectionBuilder,
  SeparatorBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  UserSelectMenuBuilder,
} from 'discord.js'
import { describe, expect, it } from 'vitest'
import { aBot, aDiscord } from './bot.ts'

const commands = [{ name: 'panel', description: 'A panel' }]
const row = (...components: MessageActionRowComponentBuilder[]) =>
  new ActionRowBuilder<MessageActionRowComponentBuilder>().addComponents(...components)
const button = (id: string, label = id) =>
  new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(ButtonStyle.Primary)

const components = [
  row(
    button('approve', 'Approve'),
    button('later', 'Later').setDisabled(true),
    new ButtonBuilder().setLabel('Open').setStyle(ButtonStyle.Link).setURL('https://example.org/'),
  ),
  row(
    new StringSelectMenuBuilder()
      .setCustomId('libraries')
      .setPlaceholder('Libraries')
      .setMinValues(0)
      .setMaxValues(2)
      .addOptions(
        { label: 'Movies', value: '1', default: true },
        { label: 'Shows', value: '2', description: 'TV' },
      ),
  ),
  row(new UserSelectMenuBuilder().setCustomId('who').setPlaceholder('Who').setMaxValues(2)),
  row(new RoleSelectMenuBuilder().setCustomId('role')),
  row(new ChannelSelectMenuBuilder().setCustomId('channel').addChannelTypes(ChannelType.GuildText)),
]
const any = [row(new MentionableSelectMenuBuilder().setCustomId('any').setMaxValues(3).setMinValues(0))]

const panel = async (
  onPress: (interaction: BaseInteraction) => Promise<unknown>,
  shown: { flags?: MessageFlags.Ephemeral; components?: typeof components } = {},
) => {
  const discord = await aDiscord()
  const { errors } = await aBot(
    discord,
    async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply({ content: 'Choose', components, ...shown })
      else await onPress(interaction)
    },
    { commands },
  )
  const max = discord.person('max')
  const message = await (await max.slash('panel')).answered()
  return { discord, max, message, errors }
}

describe('a message with components', () => {
  it('reads like this', async () => {
    const { discord, message } = await panel(async () => {})
    expect(discord.textOf(message)).toMatchInlineSnapshot(`
      "Choose
      [Approve] [Later (disabled)] [Open -> https://example.org/]
      {Libraries: [x] Movies [ ] Shows (TV)}
      {Who:}
      {Choose roles:}
      {Choose channels:}"
    `)
    expect(discord.problems).toEqual([])
  })

  it('with the V2 flag reads like this, and its button is pressed', async () => {
    const discord = await aDiscord()
    await aBot(
      discord,
      async (interaction) => {
        if (interaction.isButton()) {
          const done = new TextDisplayBuilder().setContent(
            `done by <@${interaction.user.id}> in <#${interaction.channelId}>`,
          )
          await interaction.update({ components: [done], flags: MessageFlags.IsComponentsV2 })
        }
        if (!interaction.isChatInputCommand()) return
        const container = new ContainerBuilder()
          .addTextDisplayComponents(new TextDisplayBuilder().setContent('# Access\nfor <@&0>'))
          .addSeparatorComponents(new SeparatorBuilder())
          .addSectionComponents(
            new SectionBuilder()
              .addTextDisplayComponents(new TextDisplayBuilder().setContent('Movies'))
              .setButtonAccessory(button('take', 'Take')),
          )
          .addActionRowComponents(row(button('leave', 'Leave')) as ActionRowBuilder<ButtonBuilder>)
        await interaction.reply({ components: [container], flags: MessageFlags.IsComponentsV2 })
      },
      { commands },
    )
    const max = discord.person('max')
    const message = await (await max.slash('panel')).answered()
    expect(discord.textOf(message)).toMatchInlineSnapshot(`
      "▌ # Access
      ▌ for <@&0>
      ▌ ---
      ▌ Movies
      ▌ [Take]
      ▌ [Leave]"
    `)
    const after = await (await max.press(message, 'Take')).updated()
    expect(discord.textOf(after)).toBe('done by @max in #general')
    expect(discord.problems).toEqual([])
  })
})

describe('a press', () => {
  it('updates the message at once', async () => {
    const { discord, max, message } = await panel(async (interaction) => {
      if (interaction.isButton())
        await interaction.update({ content: `pressed ${interaction.customId}`, components: [] })
    })
    const handle = await max.press(message, 'Approve')
    expect((await handle.acknowledged()).type).toBe(7)
    const after = await handle.updated()
    expect(discord.textOf(after)).toBe('pressed approve')
    expect((await handle.answered()).id).toBe(message.id)
    expect(discord.problems).toEqual([])
  })

  it('may be deferred and edited, or answered with a message of its own', async () => {
    const { discord, max, message } = await panel(async (interaction) => {
      if (!interaction.isButton()) return
      await interaction.deferUpdate()
      await interaction.editReply({ content: 'edited' })
      await interaction.followUp({ content: 'and said', flags: MessageFlags.Ephemeral })
    })
    const handle = await max.press(message, 'approve')
    expect((await handle.answered()).content).toBe('edited')
    expect((await handle.followUp()).content).toBe('and said')
    expect(discord.messagesIn('general').map((one) => one.content)).toEqual(['edited'])
  })

  it('is seen as an update when the bot edits the message through its channel', async () => {
    const { max, message } = await panel(async (interaction) => {
      if (!interaction.isButton()) return
      await interaction.reply({ content: 'noted', flags: MessageFlags.Ephemeral })
      await interaction.message.edit({ content: 'decided', components: [] })
    })
    const handle = await max.press(message, 'approve')
    expect((await handle.answered()).content).toBe('noted')
    expect((await handle.updated()).content).toBe('decided')
    expect((await handle.updated(message)).content).toBe('decided')
  })

  it('with a deferred answer of its own is updated when the card is, not when the answer comes', async () => {
    const { max, message } = await panel(async (interaction) => {
      if (!interaction.isButton()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      await interaction.editReply('noted')
      await interaction.message.edit('decided')
    })
    const handle = await max.press(message, 'approve')
    expect((await handle.updated()).content).toBe('decided')
    expect((await handle.answered()).content).toBe('noted')
  })

  it.each([
    ['a disabled button', 'Later', 'is disabled'],
    ['a link', 'Open', 'is a link'],
    ['a button that is not there', 'Deny', 'no button "Deny" here, only: Approve, Later, Open'],
  ])('is impossible on %s', async (_what, label, says) => {
    const { max, message } = await panel(async () => {})
    await expect(max.press(message, label)).rejects.toThrow(says)
  })

  it('is impossible on a message that is only for somebody else, or gone', async () => {
    const { discord, max, message } = await panel(async () => {}, { flags: MessageFlags.Ephemeral })
    await expect(discord.person('rita').press(message, 'Approve')).rejects.toThrow('only for somebody else')
    discord.deleteMessage(message)
    await expect(max.press(message, 'Approve')).rejects.toThrow('gone')
  })

  it('on a button that an edit has taken away is impossible', async () => {
    const { max, message } = await panel(async (interaction) => {
      if (interaction.isButton()) await interaction.update({ components: [] })
    })
    await (await max.press(message, 'Approve')).updated()
    await expect(max.press(message, 'Approve')).rejects.toThrow('no button')
  })
})

describe('a select', () => {
  const answering = async (interaction: BaseInteraction) => {
    if (interaction.isStringSelectMenu()) await interaction.reply(interaction.values.join('+'))
    else if (interaction.isUserSelectMenu())
      await interaction.reply(
        `${interaction.users.map((user) => user.username)} ${interaction.members.map((one) => (one !== null && 'displayName' in one ? one.displayName : ''))}`,
      )
    else if (interaction.isRoleSelectMenu())
      await interaction.reply(interaction.roles.map((role) => role?.name).join())
    else if (interaction.isChannelSelectMenu())
      await interaction.reply(
        interaction.channels.map((one) => (one !== null && 'name' in one ? one.name : '')).join(),
      )
    else if (interaction.isMentionableSelectMenu())
      await interaction.reply(`${interaction.users.size} ${interaction.roles.size}`)
  }

  it.each([
    ['Libraries', ['Movies', '2'], '1+2'],
    ['Who', ['rita', 'nina'], 'rita,nina Rita,nina'],
    ['role', 'Member', 'Member'],
    ['channel', 'log', 'log'],
  ])('%s gives the bot what was chosen', async (called, values, expected) => {
    const { discord, max, message } = await panel(answering)
    expect((await (await max.select(message, called, values)).answered()).content).toBe(expected)
    expect(discord.problems).toEqual([])
  })

  it('of people and roles gives both', async () => {
    const { max, message } = await panel(answering, { components: any })
    const handle = await max.select(message, 'any', ['rita', 'Member'])
    expect((await handle.answered()).content).toBe('1 1')
  })

  it.each([
    ['Libraries', ['Music'], 'does not offer "Music"'],
    ['Libraries', ['Movies', '1'], 'takes each value once'],
    ['Who', ['rita', 'nina', 'ada'], 'takes 1 to 2 values'],
    ['Who', [], 'takes 1 to 2 values'],
    ['role', ['King'], 'does not offer'],
  ])('%s does not take %j', async (called, values, says) => {
    const { max, message } = await panel(async () => {})
    await expect(max.select(message, called, values)).rejects.toThrow(says)
  })
})
