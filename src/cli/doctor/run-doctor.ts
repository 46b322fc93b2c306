import { parseArgs } from 'node:util'
import { type ExaminationOptions, examinationOf } from './examination.ts'
import { examine } from './examine.ts'
import { loadChecks } from './load-checks.ts'
import { reportAsJson, reportAsText } from './report.ts'
import { withoutSecrets } from './without-secrets.ts'

const usage = `npm run doctor [-- --json]

  Looks at the settings, the store, Discord and plex.tv, and says what is wrong and what to do about it.
  It changes nothing, and the bot may run meanwhile.

  --json   one JSON object and nothing else

Exit code: 0 where all is well, 1 where there is a problem or something could not be found out, 2 for wrong usage.
What each check says, and the shape of the JSON: docs/doctor.md`

export interface DoctorOptions extends ExaminationOptions {
  isColoured?: boolean
}

/** Returns the exit code. */
export async function runDoctor(
  args: readonly string[],
  options: DoctorOptions,
  print: (text: string) => void,
): Promise<number> {
  const asked = argumentsOf(args)
  if (asked === 'wrong' || asked === 'help') {
    print(usage)
    return asked === 'help' ? 0 : 2
  }
  const examined = examinationOf(options)
  try {
    const found = await examine(await loadChecks(), examined)
    const reports = withoutSecrets(found, examined.secrets)
    print(
      asked === 'json'
        ? reportAsJson(reports, examined.clock.now())
        : reportAsText(reports, options.isColoured ?? false),
    )
    // What could not be found out may be wrong: whoever asks by the exit code alone must not take it for well.
    return reports.every(({ is }) => is === 'fine' || is === 'note') ? 0 : 1
  } finally {
    await examined.close()
  }
}

function argumentsOf(args: readonly string[]): 'text' | 'json' | 'help' | 'wrong' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) return 'help'
    return values.json ? 'json' : 'text'
  } catch {
    return 'wrong'
  }
}
