import { readdir } from 'node:fs/promises'
import type { AnyComponent, Command } from './define.ts'

const commandsFolder = new URL('../../commands/', import.meta.url)

/** Every file in `commands/` is a command and every file in `components/` a component: the listing is the registration. */
export const loadCommands = () => loadAll<Command>(commandsFolder)
export const loadComponents = () => loadAll<AnyComponent>(new URL('./components/', import.meta.url))

/** A command has the name of its file, so none has to be loaded to know how they are called. */
export async function commandNames(): Promise<string[]> {
  return (await filesIn(commandsFolder)).map((file) => file.replace(/\.[jt]s$/u, ''))
}

async function loadAll<T>(folder: URL): Promise<T[]> {
  const files = await filesIn(folder)
  const modules: { default: T }[] = await Promise.all(files.map((file) => import(new URL(file, folder).href)))
  return modules.map((module) => module.default)
}

async function filesIn(folder: URL): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /\.[jt]s$/u.test(file)).sort()
}
