import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { resumeView } from '../views/resume.ts'

/** Resume, under a refusal or under the settings: shows what it means first. */
export default defineComponent({
  route: routes.resumeAsk,
  needs: 'settings',
  answers: 'new',
  run: async ({ actor, rules }) => resumeView(await rules.askToResume(actor), await rules.seesEmails(actor)),
})
