import { levels } from '../../sharing/policy.ts'
import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { levelRolesView } from '../views/setup-roles.ts'

export default defineComponent({
  route: routes.setupRoles,
  needs: 'settings',
  answers: 'update',
  async run({ actor, params, values, rules }) {
    const level = levels.find((each) => each === params.level)
    return levelRolesView(
      level
        ? await rules.setLevelRoles(actor, { level, roleIds: values })
        : await rules.showLevelRoles(actor),
    )
  },
})
