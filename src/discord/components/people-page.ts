import { peopleFilters } from '../../sharing/use-cases/list-people.ts'
import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { usersView } from '../views/users.ts'

export default defineComponent({
  route: routes.peoplePage,
  needs: 'see-people',
  answers: 'update',
  async run({ actor, params, rules }) {
    const filter = peopleFilters.find((each) => each === params.filter)
    const wish = {
      ...(filter ? { filter } : {}),
      ...(params.search ? { search: params.search } : {}),
      ...(params.server ? { server: params.server } : {}),
    }
    return usersView(await rules.listPeople(actor, wish), { ...wish, page: Number(params.page) || 0 })
  },
})
