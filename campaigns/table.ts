import type { Campaign, Finding, Run } from './campaign.ts'

/** The findings as the section of `docs/reliability.md` that they are. */
export function tableOf(
  { name, promise }: Campaign,
  { seed, size }: Run,
  findings: readonly Finding[],
  seconds: number,
): string {
  const command = `npm run campaign -- ${name} --seed ${seed}${size === 'small' ? ' --small' : ''}`
  const rows = findings.map(({ what, tries, seen, holds, isControl }) => {
    const counts = Object.entries(seen).map(([of, count]) => `${of} ${count}`)
    const verdict = isControl ? (holds ? 'noticed' : '**NOT NOTICED**') : holds ? 'holds' : '**BROKEN**'
    return `| ${isControl ? 'Control: ' : ''}${what} | ${tries} | ${counts.join(', ')} | ${verdict} |`
  })
  return [
    `## ${name}`,
    '',
    promise,
    '',
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${seconds} s`,
    '',
    '| what | tries | seen | verdict |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
