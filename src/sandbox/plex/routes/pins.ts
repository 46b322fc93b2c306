import { errors, noContent, v2 } from '../answer.ts'
import { flag, textField } from '../request.ts'
import { type Call, type Route, signedIn } from '../router.ts'
import type { PlexState } from '../state.ts'
import type { JsonObject } from '../v2-value.ts'
import type { PlexPin } from '../world.ts'

export const pins: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v2/pins',
    handle: ({ request, state }) => {
      const isStrong = flag(textField(request, 'strong')) === true
      const product = request.header('x-plex-product') ?? request.query.get('X-Plex-Product') ?? ''
      const pin = newPin(state, isStrong, product, request.clientIdentifier ?? '')
      return v2(request, 201, 'pin', pinValue(pin, state))
    },
  },
  {
    method: 'GET',
    path: '/api/v2/pins/{pinId}',
    dependsOnTime: true,
    handle: ({ request, state, params }) => {
      const pin = livingPins(state).find(
        (other) => String(other.id) === params.pinId && other.clientIdentifier === request.clientIdentifier,
      )
      return pin ? v2(request, 200, 'pin', pinValue(pin, state)) : expired(request)
    },
  },
  {
    method: 'PUT',
    path: '/api/v2/pins/link',
    handle: signedIn(({ request, state }, me) =>
      linkPin(state, textField(request, 'code') ?? '', me.id, 'short') ? noContent : expired(request),
    ),
  },
]

/** Gives the device that waits with this code a token of the account. Only short codes can be typed at plex.tv/link. */
export function linkPin(state: PlexState, code: string, accountId: number, which: 'short' | 'any'): boolean {
  const pin = livingPins(state).find((other) => other.code === code && (which === 'any' || !other.isStrong))
  if (!pin) return false
  const linked = { ...pin, authToken: state.tokenFor(accountId, pin.clientIdentifier) }
  const others = state.world.pins.filter((other) => other.id !== pin.id)
  state.commit({ ...state.world, pins: [...others, linked] }, { did: 'pin-linked', details: { accountId } })
  return true
}

function newPin(state: PlexState, isStrong: boolean, product: string, clientIdentifier: string): PlexPin {
  const id = state.newPinId()
  const created = state.now()
  const pin: PlexPin = {
    id,
    code: codeFor(id, isStrong ? 25 : 4),
    isStrong,
    product,
    clientIdentifier,
    createdAt: instant(created),
    // 15 minutes for the typed code, 30 for the browser's.
    expiresAt: instant(new Date(created.getTime() + (isStrong ? 1_800_000 : 900_000))),
    authToken: null,
  }
  state.commit({ ...state.world, pins: [...livingPins(state), pin] })
  return pin
}

const livingPins = (state: PlexState) =>
  state.world.pins.filter((pin) => Date.parse(pin.expiresAt) > state.now().getTime())

/** Different for every pin, and the same in every run. */
function codeFor(id: number, length: number): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  let rest = id
  let code = ''
  for (let at = 0; at < length; at++) {
    rest = (rest * 48271 + at) % 2147483647
    code += letters[rest % letters.length] ?? ''
  }
  return code
}

function pinValue(pin: PlexPin, state: PlexState): JsonObject {
  return {
    id: pin.id,
    code: pin.code,
    product: pin.product,
    trusted: false,
    qr: `https://plex.tv/api/v2/pins/qr/${pin.code}`,
    clientIdentifier: pin.clientIdentifier,
    location: {
      code: 'NO',
      european_union_member: false,
      continent_code: 'EU',
      country: 'Norway',
      city: 'Bergen',
      time_zone: 'Europe/Oslo',
      postal_code: '5003',
      in_privacy_restricted_country: true,
      in_privacy_restricted_region: true,
      subdivisions: 'Vestland',
      coordinates: '60.39, 5.32',
    },
    expiresIn: Math.max(0, Math.floor((Date.parse(pin.expiresAt) - state.now().getTime()) / 1000)),
    createdAt: pin.createdAt,
    expiresAt: pin.expiresAt,
    authToken: pin.authToken,
    newRegistration: pin.authToken === null ? null : false,
  }
}

const instant = (date: Date) => `${date.toISOString().slice(0, 19)}Z`

const expired = (request: Call['request']) =>
  errors(request, 404, { code: 1020, message: 'Code not found or expired' })
