import type { Route } from '../router.ts'
import { accountCreation } from './create-account.ts'
import { home } from './home.ts'
import { invites } from './invites.ts'
import { managedUsers } from './managed-users.ts'
import { pins } from './pins.ts'
import { retired } from './retired.ts'
import { servers } from './servers.ts'
import { sharedServersV1 } from './shared-servers-v1.ts'
import { sharedServersV2 } from './shared-servers-v2.ts'
import { account, signIn } from './sign-in.ts'
import { users } from './users.ts'

/** In this order: a route with a fixed word stands before one with a name in the same place. */
export const routes: readonly Route[] = [
  ...signIn,
  ...account,
  ...accountCreation,
  ...pins,
  ...servers,
  ...sharedServersV1,
  ...sharedServersV2,
  ...invites,
  ...users,
  ...managedUsers,
  ...home,
  ...retired,
]
