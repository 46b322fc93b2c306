import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MessageFlags } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { createLook } from '../../../src/discord/look.ts'
import { readOpenApi } from '../../../src/sandbox/discord/openapi.ts'
import { aBot, aDiscord } from './bot.ts'

/** Discord's own description lies beside the project where it is developed, and is no part of it. */
const description = fileURLToPath(new URL('../../../../shared/discord-openapi.json', import.meta.url))
const isThere = existsSync(description)

describe.skipIf(!isThere)('Discord’s own description of its API', () => {
  it('finds nothing in what the client sends', async () => {
    const discord = await aDiscord({ openApi: description })
    const { client } = await aBot(
      discord,
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return
        await interaction.deferReply({ flags: MessageFlags.Ephemeral })
        await interaction.editReply({ content: 'a', embeds: [{ title: 'b' }], files: [Buffer.from('c')] })
        await interaction.followUp('d')
      },
      { commands: [{ name: 'try', description: 'Tries', default_member_permissions: '0' }] },
    )
    const handle = await discord.person('olive').slash('try')
    await handle.followUp()
    await client.users.send(discord.person('max').id, { content: 'e', nonce: '1', enforceNonce: true })
    await client.guilds.cache.first()?.members.fetch(discord.person('max').id)
    expect(discord.problems).toEqual([])
    expect(discord.requests.length).toBeGreaterThan(6)
  })

  it('finds nothing in what is asked about the bot without a login', async () => {
    const discord = await aDiscord({ openApi: description })
    const look = createLook({ token: discord.token, apiUrl: discord.url })
    const [bot, application, guilds] = [await look.bot(), await look.application(), await look.guilds()]
    if (!bot.ok || !application.ok || !guilds.ok) throw new Error('the pretend Discord gave no answer')
    const looks = [
      ...guilds.value.map(({ guildId }) => look.guild(guildId, bot.value.botId)),
      look.commandNames(application.value.applicationId),
      look.loginLimit(),
    ]
    expect((await Promise.all(looks)).every(({ ok }) => ok)).toBe(true)
    expect(discord.problems).toEqual([])
    expect(discord.requests).toHaveLength(8)
  })

  it('finds what breaks it, and names the cause', async () => {
    const openApi = await readOpenApi(description)
    const rules = (method: string, path: string, body: unknown) =>
      openApi.breaches(method, path, body).map((breach) => `${breach.rule} ${breach.path}`)
    const button = { type: 2, style: 1, custom_id: 'a', label: 'x'.repeat(81) }
    expect(
      rules('POST', '/channels/1/messages', { components: [{ type: 1, components: [button] }] }),
    ).toEqual(['openapi.maxLength components.0.components.0.label'])
    expect(
      rules('POST', '/interactions/1/a/callback', { type: 9, data: { title: 'a', components: [] } }),
    ).toEqual(['openapi.required data', 'openapi.minItems data.components'])
    expect(rules('POST', '/interactions/1/a/callback', { type: 99 })).toEqual(['openapi.type '])
    expect(rules('PATCH', '/webhooks/1/a/messages/%40original', { content: 'x'.repeat(2001) })).toEqual([
      'openapi.maxLength content',
    ])
    expect(rules('GET', '/nowhere', undefined)).toEqual(['openapi.route '])
    expect(rules('GET', '/users/@me', undefined)).toEqual([])
  })
})
