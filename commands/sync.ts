import { defineCommand, option } from '../src/discord/define.ts'
import { syncAppliedView, syncView } from '../src/discord/views/sync.ts'

/** `/sync`: what differs between plex.tv, Discord and the records, and what to do about each. */
export default defineCommand({
  name: 'sync',
  description: 'Compare plex.tv with what I know, and settle the differences',
  needs: 'audit',
  options: {
    mode: option.oneOf('Only look, or take note of what is certain as well', ['preview', 'apply']),
    all: option.yesNo('Show the differences that were ignored, too'),
    server: option.server(),
  },
  async run({ actor, options: { mode, ...wish }, rules }) {
    const seesEmails = await rules.seesEmails(actor)
    return mode === 'apply'
      ? syncAppliedView(await rules.applySync(actor, wish), { ...wish, seesEmails })
      : syncView(await rules.previewSync(actor, wish), { ...wish, seesEmails })
  },
})
