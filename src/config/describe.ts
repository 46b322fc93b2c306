import { type Variable, variables } from './variables.ts'

/** `.env.example`: every variable with what it means; the lines to fill in have no value, the others are comments. */
export function envExample(): string {
  const blocks = entries().map(([name, variable]) => {
    const meaning = wrap(plain(variable.meaning), 100).map((line) => `# ${line}`)
    const without = variable.isRequired ? '# Required.' : `# Without it: ${plain(withoutIt(variable))}.`
    const line = variable.isRequired ? `${name}=` : `# ${name}=${variable.default ?? variable.example}`
    return [...meaning, without, line].join('\n')
  })
  return `${[
    "# Usherr's settings. `npm run setup` asks for them and writes .env; or copy this file to .env and\n# fill in DISCORD_TOKEN, the rest can stay as it is.\n# Each can also come from a file: DISCORD_TOKEN_FILE=/run/secrets/discord_token\n# Made from src/config/variables.ts by `npm run generate`.",
    ...blocks,
  ].join('\n\n')}\n`
}

/** `docs/configuration.md`. */
export function configurationPage(): string {
  const rows = entries().map(
    ([name, variable]) =>
      `| \`${name}\` | ${variable.isRequired ? '(required)' : withoutIt(variable)} | ${variable.meaning} ${secretNote(variable)}|`,
  )
  const examples = entries().map(([name, variable]) => `${name}=${variable.example}`)
  return `# Configuration

<!-- Made from src/config/variables.ts by \`npm run generate\`; a test keeps both equal. -->

Usherr reads its settings from the environment. \`DISCORD_TOKEN\` alone is enough: Plex is
connected in Discord with \`/setup plex\`, or here with \`PLEX_TOKEN\` and \`DISCORD_GUILD_IDS\`. What cannot be used is reported all at once, each with its remedy and never with its value.

| variable | without it | meaning |
| --- | --- | --- |
${rows.join('\n')}

## From a file

Each variable can also come from a file, as container secrets do: \`NAME_FILE\` holds the path, for example
\`DISCORD_TOKEN_FILE=/run/secrets/discord_token\`. Line breaks at the end do not count. Giving both is a mistake and is
reported. An empty variable counts as not given.

## Examples

\`\`\`sh
${examples.join('\n')}
\`\`\`

A variable whose name is almost one of these, such as \`DISCORD_TOKN\`, is reported with the name that was probably meant.
`
}

function entries(): [string, Variable][] {
  return Object.entries(variables)
}

function withoutIt(variable: Variable): string {
  if (variable.default !== undefined) return `\`${variable.default}\``
  return variable.defaultText ?? 'not used'
}

const secretNote = (variable: Variable) => (variable.isSecret ? 'Secret: never printed. ' : '')

const plain = (markdown: string) => markdown.replaceAll('`', '')

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
