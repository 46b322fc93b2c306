import type { Survey } from '../storage/survey.ts'

/** What a database holds, in numbers: nobody is named. */
export function storedWords({ guildIds, people, links, requests, rows }: Survey): string {
  const parts = [
    many(guildIds.length, 'Discord server'),
    many(people, 'person', 'people'),
    many(links, 'linked member'),
    many(requests, 'request'),
  ]
  return `${parts.join(', ')}; ${many(rows, 'row')}`
}

const many = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`
