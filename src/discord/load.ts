import { readdir } from 'node:fs/promises'
import type { AnyComponent, Command } from './define.ts'

/** Every file in `commands/` is a command and every file in `components/` a component: the listing is the registration. */
export const loadCommands = () => loadAll<Command>(new URL('../../commands/', import.meta.url))
export const loadComponents = () => loadAll<AnyComponent>(new URL('./components/', import.meta.url))

async function loadAll<T>(folder: URL): Promise<T[]> {
  const files = (await readdir(folder)).filter((file) => /\.[jt]s$/u.test(file)).sort()
  const modules: { default: T }[] = await Promise.all(files.map((file) => import(new URL(file, folder).href)))
  return modules.map((module) => module.default)
}
