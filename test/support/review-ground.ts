import { type Ground, ground } from './ground.ts'
import { type Reviewing, reviewing } from './reviewing.ts'

export type ReviewGround = Ground & Reviewing

/** The ground, set up for requests. */
export async function reviewGround(options: Parameters<typeof ground>[0] = {}): Promise<ReviewGround> {
  return reviewing(await ground(options))
}
