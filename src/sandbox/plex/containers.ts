import { type Attributes, element } from './xml.ts'

/**
 * v1's root of everything that is not about one server. Its `machineIdentifier` is the account's and never a
 * server's, which is the trap of seed 002.
 */
export function accountContainer(size: number, children: readonly string[], more: Attributes = {}): string {
  return element('MediaContainer', { ...head, ...more, size }, children)
}

/** Where the list counts all there are before it counts what it shows. */
export function countedContainer(size: number, children: readonly string[], more: Attributes = {}): string {
  return element('MediaContainer', { ...head, totalSize: size, size, ...more }, children)
}

export const accountMachineIdentifier = 'acc0acc0acc0acc0acc0acc0acc0acc0acc0acc0'

const head = {
  friendlyName: 'myPlex',
  identifier: 'com.plexapp.plugins.myplex',
  machineIdentifier: accountMachineIdentifier,
}
