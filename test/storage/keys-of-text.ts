import { randomBytes } from 'node:crypto'
import { type MasterKeys, parseKeys } from '../../src/storage/keys.ts'

export const newKey = () => randomBytes(32).toString('base64')

export function keys(...texts: string[]): MasterKeys {
  const parsed = parseKeys(texts.join(','))
  if (!parsed) throw new Error('these are no keys')
  return parsed
}
