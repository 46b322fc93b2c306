import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { PermissionFlagsBits } from 'discord-api-types/v10'
import { XMLValidator } from 'fast-xml-parser'
import { describe, expect, it, test } from 'vitest'

const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]
const drawings = readdirSync('docs/images').map((name) => join('docs/images', name))
const textOf = (file: string) => readFileSync(file, 'utf8')

describe('what the pages refer to', () => {
  it.each(pages)('is there: %s', (page) => {
    expect(brokenLinks(page, textOf(page))).toEqual([])
  })

  it('is missed where it is not there', () => {
    const page =
      '[a](no-such-page.md) [b](#no-such-part) ![c](images/none.svg)\n[d](setup.md#no-such-step) [e](../README.md#set-it-up)'
    expect(brokenLinks('docs/made-up.md', page)).toEqual([
      'no-such-page.md',
      '#no-such-part',
      'images/none.svg',
      'setup.md#no-such-step',
    ])
  })

  it('is read as GitHub does: code is no link, and headings have their own names', () => {
    const page =
      '## 3. What’s *this*, `npm run x`?\n[here](#3-whats-this-npm-run-x) `[no](link.md)`\n```\n[no](link.md)\n```'
    expect(brokenLinks('docs/made-up.md', page)).toEqual([])
  })
})

describe('a drawing', () => {
  it.each(drawings)('is small, whole, said in words, and draws on nothing outside: %s', (drawing) => {
    const svg = textOf(drawing)
    expect(Buffer.byteLength(svg)).toBeLessThan(12_000)
    expect(XMLValidator.validate(svg)).toBe(true)
    expect(svg).toMatch(/<title id="title">[^<]{10,}<\/title>\s*<desc id="desc">[^<]{40,}<\/desc>/u)
    expect(svg).toContain('role="img" aria-labelledby="title desc"')
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /<(?:script|image|use|foreignObject)|href|url\(|@import|src=/u,
    )
  })

  it('is shown by a page, with words for whoever does not see it', () => {
    const shown = pages.flatMap((page) =>
      [...textOf(page).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/gu)].map(([, words = '', target = '']) => ({
        words,
        file: normalize(join(dirname(page), target)),
      })),
    )
    expect(shown.filter(({ words }) => words.length < 10)).toEqual([])
    expect(drawings.filter((drawing) => !shown.some(({ file }) => file === drawing))).toEqual([])
  })
})

test('every link that lets the bot in asks for what it needs and for nothing else', () => {
  const needed = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages
  const asked = [...pages, ...drawings].flatMap((file) =>
    [...textOf(file).matchAll(/scope=([a-z.+]+)&(?:amp;)?permissions=(\d+)/gu)].map(
      ([, scope, permissions]) => ({
        file,
        scope,
        permissions,
      }),
    ),
  )
  expect(asked.map(({ file }) => file)).toEqual(['README.md', 'docs/setup.md', 'docs/images/invite-link.svg'])
  expect(new Set(asked.map(({ scope }) => scope))).toEqual(new Set(['bot+applications.commands']))
  expect(new Set(asked.map(({ permissions }) => permissions))).toEqual(new Set([needed.toString()]))
})

test('what every page names as a command of npm is one', () => {
  const { scripts } = JSON.parse(textOf('package.json'))
  const named = pages.flatMap((page) =>
    [...textOf(page).matchAll(/npm run ([a-z:-]+)/gu)].map(([, script = '']) => ({ page, script })),
  )
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([])
})

/** The targets on a page that are not there: files, and headings of Markdown pages. Other hosts are not asked. */
function brokenLinks(page: string, text: string): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/gu)].map(([, target = '']) => target)
  return targets.filter((target) => {
    if (/^[a-z]+:/u.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : normalize(join(dirname(page), path))
    if (path !== '' && !existsSync(file)) return true
    return anchor !== undefined && !headingsOf(path === '' ? text : textOf(file)).includes(anchor)
  })
}

const withoutCode = (text: string) => text.replace(/^```.*?^```/gmsu, '').replace(/`[^`\n]*`/gu, '')

/** As GitHub names them: lower case, without punctuation, a hyphen for a blank. */
function headingsOf(text: string): string[] {
  const headings = text.replace(/^```.*?^```/gmsu, '').matchAll(/^#{1,6} (.+)$/gmu)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/gu, '-'),
  )
}
