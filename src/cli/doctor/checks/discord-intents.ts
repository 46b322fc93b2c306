import { missingIntents } from '../../../discord/requirements.ts'
import { defineCheck, fine, trouble } from '../check.ts'

/** What the bot needs to be told of by Discord, against what its application was granted. */
export default defineCheck({
  title: 'Privileged intents',
  async run({ discord, intents }) {
    const application = await discord.application()
    if (!application.ok) return [application.problem]
    const { applicationId, grantedIntents } = application.value
    const needed = missingIntents([], intents)
    if (needed.length === 0) return [fine('none is needed, so nothing has to be switched on')]
    const missing = missingIntents(grantedIntents, intents)
    if (missing.length === 0) return [fine(`switched on: ${needed.join(', ')}`)]
    return missing.map((name) =>
      trouble(
        `the ${name} is needed and not switched on: Discord will not let the bot log in`,
        `Open https://discord.com/developers/applications/${applicationId}/bot, under *Privileged Gateway Intents* switch on *${name}*, *Save Changes*, and start the bot again.`,
      ),
    )
  },
})
