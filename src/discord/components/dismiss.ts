import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'

export default defineComponent({
  route: routes.dismiss,
  needs: 'everybody',
  answers: 'update',
  run: async () => ({ content: 'Left as it is; nothing was changed.', components: [] }),
})
