import { chmod, chown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type EnvFile, readEnvFile, withValues, writeEnvFile } from '../../src/cli/setup/env-file.ts'
import { temporaryFolder } from '../storage/temporary-store.ts'

async function present(text?: string): Promise<{ folder: string; path: string; file: EnvFile }> {
  const folder = await temporaryFolder()
  const path = join(folder, '.env')
  if (text !== undefined) await writeFile(path, text)
  const read = await readEnvFile(path)
  if (!read.ok) throw new Error(read.problem.problem)
  return { folder, path, file: read.value }
}

describe('values in the text of a .env', () => {
  test.each([
    ['begin a new one', '', 'A=1\n'],
    ['are added at the end', 'B=2\n', 'B=2\nA=1\n'],
    ['are added after a last line without an end', 'B=2', 'B=2\nA=1\n'],
    ['replace their line', 'A=0\nB=2\n', 'A=1\nB=2\n'],
    ['replace the line that counts, which is the last', 'A=0\nA=00\nB=2\n', 'A=0\nA=1\nB=2\n'],
    ['replace a line with blanks or "export"', '  export A = 0\nB=2\n', 'A=1\nB=2\n'],
    ['replace an empty one', 'A=\nB=2\n', 'A=1\nB=2\n'],
    ['stand below their comment', '# A=0\n# B=2\n', '# A=0\nA=1\n# B=2\n'],
    ['leave names that only look alike', 'AA=0\nB_A=0\n', 'AA=0\nB_A=0\nA=1\n'],
    ['keep the line ends of other systems', '# hello\r\nB=2\r\n', '# hello\r\nB=2\r\nA=1\r\n'],
    ['leave a value over several lines', 'B="one\ntwo"\n', 'B="one\ntwo"\nA=1\n'],
  ])('%s', (_what, before, after) => {
    expect(withValues(before, { A: '1' })).toBe(after)
  })

  test('are quoted where a # would begin a comment', () => {
    expect(withValues('', { A: 'a#b c' })).toBe("A='a#b c'\n")
  })

  test('are not put into a value over several lines that only looks like theirs', () => {
    expect(withValues('B="one\nA=0\ntwo"\n', { A: '1' })).toBeUndefined()
  })
})

describe('writing a .env', () => {
  test('leaves it to its owner alone, whatever it was before, and no other file behind', async () => {
    const { folder, path, file } = await present('A=0\n')
    await chmod(path, 0o644)
    expect(await writeEnvFile(file, { A: '1' })).toEqual({ ok: true, value: undefined })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toBe('A=1\n')
    expect(await readdir(folder)).toEqual(['.env'])
  })

  test('goes through a link to where it points', async () => {
    const { folder, path } = await present()
    await mkdir(join(folder, 'elsewhere'))
    const target = join(folder, 'elsewhere', 'settings')
    await writeFile(target, 'A=0\n')
    await symlink(target, path)
    const read = await readEnvFile(path)
    if (!read.ok) throw new Error(read.problem.problem)
    await writeEnvFile(read.value, { A: '1' })
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect(await readFile(target, 'utf8')).toBe('A=1\n')
  })

  test.skipIf(process.getuid?.() !== 0)('by root leaves it with whom it was', async () => {
    const { path, file } = await present('A=0\n')
    await chown(path, 12_345, 12_345)
    await writeEnvFile(file, { A: '1' })
    expect((await stat(path)).uid).toBe(12_345)
  })

  test('does nothing where somebody else has changed it meanwhile', async () => {
    const { path, file } = await present('A=0\n')
    await writeFile(path, 'A=0\nB=2\n')
    expect(await writeEnvFile(file, { A: '1' })).toEqual({
      ok: false,
      problem: { problem: 'changedMeanwhile' },
    })
    expect(await readFile(path, 'utf8')).toBe('A=0\nB=2\n')
  })

  test('does nothing where somebody else has made one meanwhile', async () => {
    const { path, file } = await present()
    await writeFile(path, 'B=2\n')
    expect((await writeEnvFile(file, { A: '1' })).ok).toBe(false)
    expect(await readFile(path, 'utf8')).toBe('B=2\n')
  })

  test('says where it cannot be read or written', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '.env'))
    expect(await readEnvFile(join(folder, '.env'))).toEqual({
      ok: false,
      problem: { problem: 'unreadable', code: 'EISDIR' },
    })
    const nowhere = { path: join(folder, 'no', 'such', '.env'), text: undefined, values: {} }
    expect(await writeEnvFile(nowhere, { A: '1' })).toEqual({
      ok: false,
      problem: { problem: 'unwritable', code: 'ENOENT' },
    })
  })
})
