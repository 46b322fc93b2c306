import type { GuildId } from '../../src/lib/ids.ts'
import type { Rules } from '../../src/sharing/rules.ts'
import { managerOf } from './manager.ts'
import { type Asking, askForAccess, type CardPressing, pressCard, wordOf } from './reviewing-guild.ts'

/** What somebody does at Discord, as a line for the process of the bot. The same `id` is the same interaction. */
export type Deed = { id: string } & (
  | { does: 'invite'; email: string; libraries: string }
  | { does: 'end'; email: string }
  /** `ticked`: ids of libraries. */
  | { does: 'change'; email: string; ticked: readonly string[] }
  | ({ does: 'ask' } & Omit<Asking, 'id'>)
  | Omit<CardPressing, 'id'>
)

/** Does it by the rules, and says in a word what it came to. */
export async function carryOutDeed(rules: Rules, guildId: GuildId, deed: Deed): Promise<string> {
  const manager = managerOf(guildId)
  switch (deed.does) {
    case 'invite': {
      const { id: press, email, libraries } = deed
      return wordOf(await rules.invite(manager, { id: press, email, libraries }))
    }
    case 'end': {
      const asked = await rules.askToRevoke(manager, { who: deed.email, mode: 'remove' })
      if (asked.outcome !== 'confirmShare') return wordOf(asked)
      return wordOf(await rules.revoke(manager, { id: deed.id, draftId: asked.draftId }))
    }
    case 'change': {
      const asked = await rules.askToChange(manager, { who: deed.email })
      if (asked.outcome !== 'choose') return wordOf(asked)
      const { draftId } = asked
      const chosen = await rules.chooseLibraries(manager, { draftId, part: 0, ticked: deed.ticked })
      if (chosen.outcome !== 'choose') return wordOf(chosen)
      return wordOf(await rules.changeLibraries(manager, { id: deed.id, draftId }))
    }
    case 'ask':
      return askForAccess(rules, guildId, deed)
    case 'approve':
    case 'deny':
      return pressCard(rules, guildId, deed)
    default:
      return deed satisfies never
  }
}
