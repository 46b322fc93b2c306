import { readdir } from 'node:fs/promises'
import type { Check } from './check.ts'

/** Every file in `checks/` is a check: the listing is the list. */
export async function loadChecks(): Promise<readonly { name: string; check: Check }[]> {
  const folder = new URL('./checks/', import.meta.url)
  const files = (await readdir(folder)).filter((file) => /\.[jt]s$/u.test(file)).sort()
  return Promise.all(
    files.map(async (file) => {
      const module: { default: Check } = await import(new URL(file, folder).href)
      return { name: file.replace(/\.[jt]s$/u, ''), check: module.default }
    }),
  )
}
