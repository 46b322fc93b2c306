import { defineCheck, type Finding, fine, trouble } from '../check.ts'
import { isPlexThere } from '../is-plex-there.ts'
import type { Knocked } from '../knock.ts'

/** plex.tv answers, and it is plex.tv that does. Asked without a token. */
export default defineCheck({
  title: 'plex.tv',
  async run({ knocks }) {
    const knocked = await knocks.plex()
    if (!knocked.ok) return [knocked.problem]
    const found = knocked.value.filter((each) => !isPlexThere(each)).map(judged)
    return found.length > 0
      ? found
      : [fine(`${knocked.value.map(({ host }) => host).join(' and ')} can be reached`)]
  },
})

function judged(knocked: Knocked): Finding {
  const { host } = knocked
  if (!knocked.isAnswered) {
    const advice = /CERT|SSL|TLS/u.test(knocked.reason)
      ? 'Its certificate is not believed: look whether the clock is right, and for a proxy that reads along.'
      : `Look whether this machine is online (\`curl -I https://${host}\`), whether a firewall or the name server is in the way, and whether PLEX_API_URL is right. Wishes are kept meanwhile and carried out later.`
    return trouble(`${host} cannot be reached (${knocked.reason})`, advice)
  }
  if (knocked.status >= 500) {
    return trouble(
      `${host} has trouble of its own (${knocked.status})`,
      'Wait: wishes are kept and carried out later. https://status.plex.tv tells how it stands.',
    )
  }
  return trouble(
    `somebody else answers in the place of ${host} (${knocked.isPage ? 'a page' : 'a redirect'}, ${knocked.status})`,
    'Look for a proxy or a provider’s sign-in page in between, and whether PLEX_API_URL is right.',
  )
}
