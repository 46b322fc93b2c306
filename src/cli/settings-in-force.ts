import type { VariableName } from '../config/variables.ts'
import { type Environment, readSetting } from '../config.ts'

/** The settings of which the bot would take notice now, and where each comes from. */
export interface SettingsInForce {
  /** The environment, and `.env` where that does not set the name: as Node reads both for the bot. */
  environment: Environment
  /** `.env` can change it: nothing outside counts more. */
  isOurs(name: VariableName): boolean
  /** For people: "the environment" or ".env"; `undefined` where it is not given. */
  sourceOf(name: VariableName): string | undefined
  read: <N extends VariableName>(name: N) => ReturnType<typeof readSetting<N>>
}

export function settingsInForce(
  outside: Environment,
  inFile: Readonly<Record<string, string>>,
): SettingsInForce {
  const environment: Environment = { ...inFile, ...given(outside) }
  const isOutside = (name: string) => outside[name] !== undefined
  return {
    environment,
    // A name that comes from a file, too, would be given twice.
    isOurs: (name) => !isOutside(name) && !environment[`${name}_FILE`],
    sourceOf(name) {
      if (environment[`${name}_FILE`]) return `${name}_FILE`
      if (!environment[name]) return undefined
      return isOutside(name) ? 'the environment' : '.env'
    },
    read: (name) => readSetting(name, environment),
  }
}

const given = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
