import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { channelsView } from '../views/setup-channels.ts'

export default defineComponent({
  route: routes.setupChannel,
  needs: 'settings',
  answers: 'update',
  async run({ actor, params, values, rules }) {
    const { which } = params
    if (which !== 'log' && which !== 'reviewers') return channelsView(await rules.showChannels(actor))
    const outcome = await rules.chooseChannel(actor, { which, channelId: values[0] })
    if (outcome.outcome !== 'refused' || outcome.reason !== 'channelNotUsable') return channelsView(outcome)
    return channelsView(await rules.showChannels(actor), outcome)
  },
})
