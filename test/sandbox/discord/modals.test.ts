import {
  type BaseInteraction,
  LabelBuilder,
  ModalBuilder,
  RoleSelectMenuBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
} from 'discord.js'
import { describe, expect, it } from 'vitest'
import { aBot, aDiscord } from './bot.ts'

const commands = [{ name: 'ask', description: 'Asks' }]

const form = () =>
  new ModalBuilder()
    .setCustomId('form')
    .setTitle('Invite')
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('Who may watch?'))
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('E-mail')
        .setDescription('As in Plex')
        .setTextInputComponent(
          new TextInputBuilder()
            .setCustomId('email')
            .setStyle(TextInputStyle.Short)
            .setMinLength(3)
            .setMaxLength(50),
        ),
      new LabelBuilder()
        .setLabel('Libraries')
        .setStringSelectMenuComponent(
          new StringSelectMenuBuilder()
            .setCustomId('libraries')
            .setMaxValues(2)
            .addOptions({ label: 'Movies', value: '1', default: true }, { label: 'Shows', value: '2' }),
        ),
      new LabelBuilder()
        .setLabel('Member')
        .setUserSelectMenuComponent(new UserSelectMenuBuilder().setCustomId('member').setRequired(false)),
      new LabelBuilder()
        .setLabel('Role')
        .setRoleSelectMenuComponent(new RoleSelectMenuBuilder().setCustomId('role').setRequired(false)),
    )

const asking = async (onSubmit: (interaction: BaseInteraction) => Promise<unknown>, modal = form()) => {
  const discord = await aDiscord()
  const { errors } = await aBot(
    discord,
    async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.showModal(modal)
      else await onSubmit(interaction)
    },
    { commands },
  )
  const max = discord.person('max')
  const handle = await max.slash('ask')
  return { discord, max, handle, shown: await handle.modalShown(), errors }
}

describe('a modal', () => {
  it('reads like this', async () => {
    const { discord, shown, handle } = await asking(async () => {})
    expect(discord.textOfModal(shown)).toMatchInlineSnapshot(`
      "# Invite
      Who may watch?
      E-mail*: ____
        (As in Plex)
      Libraries*: {Make a selection: [x] Movies [ ] Shows}
      Member: {Choose people:}
      Role: {Choose roles:}"
    `)
    await expect(handle.answered()).rejects.toThrow('the answer is a modal')
    expect(discord.problems).toEqual([])
  })

  it('gives the bot what was filled in, by label or custom id', async () => {
    let got: unknown
    const { discord, max, shown } = await asking(async (interaction) => {
      if (!interaction.isModalSubmit()) return
      const { fields } = interaction
      got = {
        email: fields.getTextInputValue('email'),
        libraries: fields.getStringSelectValues('libraries'),
        member: fields
          .getSelectedMembers('member')
          ?.map((one) => (one !== null && 'displayName' in one ? one.displayName : '')),
        role: fields.getSelectedRoles('role')?.map((role) => role?.name),
      }
      await interaction.reply('thanks')
    })
    const submitted = await max.submit(shown, {
      'E-mail': 'a@example.org',
      libraries: ['Movies', 'Shows'],
      Member: 'rita',
      role: 'Member',
    })
    expect((await submitted.answered()).content).toBe('thanks')
    expect(got).toEqual({ email: 'a@example.org', libraries: ['1', '2'], member: ['Rita'], role: ['Member'] })
    expect(discord.problems).toEqual([])
  })

  it('keeps what was filled in beforehand', async () => {
    let got: unknown
    const { max, shown } = await asking(async (interaction) => {
      if (!interaction.isModalSubmit()) return
      got = interaction.fields.getStringSelectValues('libraries')
      await interaction.reply('thanks')
    })
    await (await max.submit(shown, { email: 'abc' })).answered()
    expect(got).toEqual(['1'])
  })

  it.each([
    ['a field that must be filled', {}, 'must be filled in'],
    ['too short a text', { email: 'a' }, 'at least 3'],
    ['too long a text', { email: 'a'.repeat(51) }, 'at most 50'],
    ['a field that is not there', { email: 'abc', age: '7' }, 'no field "age"'],
    ['an option that is not there', { email: 'abc', libraries: 'Music' }, 'does not offer'],
    ['too few options', { email: 'abc', libraries: [] }, 'must be answered'],
  ])('cannot be sent with %s', async (_what, values, says) => {
    const { max, shown } = await asking(async () => {})
    await expect(max.submit(shown, values)).rejects.toThrow(says)
  })

  it('cannot be sent by somebody who was not shown it', async () => {
    const { discord, shown } = await asking(async () => {})
    await expect(discord.person('rita').submit(shown, { email: 'abc' })).rejects.toThrow('was not shown')
  })

  it('cannot follow a modal', async () => {
    const { discord, max, shown, errors } = await asking(async (interaction) => {
      // discord.js has no such method here; the request is what it would send.
      await interaction.client.rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, {
        body: { type: 9, data: form().toJSON() },
        auth: false,
      })
    })
    await max.submit(shown, { email: 'abc' })
    await expect.poll(() => errors[0]).toMatchObject({ code: 50035 })
    expect(discord.problems.map((one) => one.rule)).toEqual(['callback.type'])
  })

  it('with every kind of field is filled in', async () => {
    let got: unknown
    const discord = await aDiscord()
    await aBot(
      discord,
      async (interaction) => {
        if (interaction.isChatInputCommand()) {
          await interaction.client.rest.post(
            `/interactions/${interaction.id}/${interaction.token}/callback`,
            {
              body: { type: 9, data: everything },
              auth: false,
            },
          )
        } else if (interaction.isModalSubmit()) {
          got = interaction.components.map((one) => ('component' in one ? one.component : undefined))
          await interaction.reply('thanks')
        }
      },
      { commands },
    )
    const max = discord.person('max')
    const shown = await (await max.slash('ask')).modalShown()
    expect(discord.textOfModal(shown)).toMatchInlineSnapshot(`
      "# All
      Pick*: [ ] A [x] B
      Tick*: [x] C [ ] D
      Sure: [ ]
      File*: (drop files here)"
    `)
    await (
      await max.submit(shown, {
        Pick: 'A',
        Tick: ['D'],
        Sure: true,
        File: [{ name: 'a.txt', content: 'hi' }],
      })
    ).answered()
    expect(got).toMatchObject([
      { customId: 'pick', value: 'a' },
      { customId: 'tick', values: ['d'] },
      { customId: 'sure', value: true },
      { customId: 'file', values: [expect.any(String)] },
    ])
    expect(discord.problems).toEqual([])
  })
})

const everything = {
  custom_id: 'all',
  title: 'All',
  components: [
    {
      type: 18,
      label: 'Pick',
      component: {
        type: 21,
        custom_id: 'pick',
        options: [
          { label: 'A', value: 'a' },
          { label: 'B', value: 'b', default: true },
        ],
      },
    },
    {
      type: 18,
      label: 'Tick',
      component: {
        type: 22,
        custom_id: 'tick',
        options: [
          { label: 'C', value: 'c', default: true },
          { label: 'D', value: 'd' },
        ],
      },
    },
    { type: 18, label: 'Sure', component: { type: 23, custom_id: 'sure' } },
    { type: 18, label: 'File', component: { type: 19, custom_id: 'file' } },
  ],
}
