import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, copyFile, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyvSqlite } from '@keyv/sqlite'
import { surroundings } from '../whole-bot.ts'
import type { BreakableStore, BrokenStart, Fault } from './breakable.ts'

export async function breakableSqlite(): Promise<BreakableStore> {
  return { kind: 'SQLite', faults, starts, surroundings, remove: async () => {} }
}

const damaged: Fault = {
  name: 'damaged',
  mayRead: true,
  needsFreshBot: true,
  async breaks(on, bot) {
    const files = (await readdir(on.folder)).filter((name) => /\.sqlite(-wal)?$/u.test(name))
    for (const name of files) await copyFile(join(on.folder, name), join(on.folder, `${name}.copy`))
    for (const name of files) {
      const { size } = await stat(join(on.folder, name))
      await writeFile(join(on.folder, name), randomBytes(size), { flag: 'r+' })
    }
    return async () => {
      bot.kill('SIGKILL')
      await bot.ends()
      for (const name of files) await rename(join(on.folder, `${name}.copy`), join(on.folder, name))
      return on.start()
    }
  },
}

const faults: readonly Fault[] = [
  {
    name: 'locked by another program',
    mayRead: true,
    async breaks({ storeFile }, bot) {
      const other = new KeyvSqlite({ uri: `sqlite://${storeFile}`, table: 'other', busyTimeout: 1_000 })
      await other.query('BEGIN IMMEDIATE')
      return async () => {
        await other.query('ROLLBACK')
        await other.close()
        return bot
      }
    },
  },
  damaged,
  {
    // As far as the kernel can be asked for it without a disk to fill: not one byte more may be written to any file.
    name: 'full',
    mayRead: true,
    async breaks(_, bot) {
      const limit = (bytes: string) =>
        execFileSync('prlimit', ['--pid', String(bot.child.pid), `--fsize=${bytes}`])
      limit('0:')
      return async () => {
        limit('unlimited:')
        return bot
      }
    },
  },
  {
    name: 'read-only',
    mayRead: true,
    async breaks(_, bot) {
      await bot.turn({ turn: 'readOnly' })
      return async () => {
        await bot.turn({ turn: 'writable' })
        return bot
      }
    },
  },
  {
    name: 'missing',
    mayRead: true,
    async breaks({ storeFile }, bot) {
      await rename(storeFile, `${storeFile}.away`)
      return async () => {
        await rename(`${storeFile}.away`, storeFile)
        return bot
      }
    },
  },
  {
    name: 'failing',
    mayRead: false,
    async breaks(_, bot) {
      await bot.turn({ turn: 'failing' })
      return async () => {
        await bot.turn({ turn: 'working' })
        return bot
      }
    },
  },
  {
    name: 'frozen',
    mayRead: false,
    async breaks(_, bot) {
      await bot.turn({ turn: 'frozen' })
      return async () => {
        await bot.turn({ turn: 'thawed' })
        return bot
      }
    },
  },
]

/** The guard taken out: the same failing store, but nobody is told that it fails. */
export const readsAsEmpty: Fault = {
  name: 'failing, unnoticed',
  mayRead: false,
  async breaks(_, bot) {
    await bot.turn({ turn: 'failingAsEmpty' })
    return async () => {
      await bot.turn({ turn: 'working' })
      return bot
    }
  },
}

const holding = (name: string, content: (whole: Buffer) => Buffer): BrokenStart => ({
  name,
  async breaks({ storeFile }) {
    const whole = await readFile(storeFile)
    await writeFile(storeFile, content(whole))
    return { mend: () => writeFile(storeFile, whole) }
  },
})

const starts: readonly BrokenStart[] = [
  holding('garbage', (whole) => randomBytes(whole.length)),
  holding('cut short', (whole) => whole.subarray(0, 5_000)),
  holding('a few bytes', () => randomBytes(100)),
  {
    name: 'locked',
    async breaks({ storeFile }) {
      const other = new KeyvSqlite({ uri: `sqlite://${storeFile}`, table: 'other', busyTimeout: 1_000 })
      await other.query('BEGIN IMMEDIATE')
      return {
        async mend() {
          await other.query('ROLLBACK')
          await other.close()
        },
      }
    },
  },
  {
    name: 'without its key',
    async breaks({ folder }) {
      const file = join(folder, 'encryption.key')
      await rename(file, `${file}.away`)
      return { mend: () => rename(`${file}.away`, file) }
    },
  },
  {
    name: 'read-only',
    async breaks({ folder, storeFile }) {
      // Rights do not bind root: there the bot runs as nobody.
      const isRoot = process.getuid?.() === 0
      const giveTo = async (owner: number) => {
        if (isRoot) await Promise.all([folder, storeFile].map((path) => chown(path, owner, owner)))
      }
      await giveTo(65_534)
      await chmod(storeFile, 0o400)
      await chmod(folder, 0o500)
      return {
        uid: isRoot ? 65_534 : undefined,
        async mend() {
          await chmod(folder, 0o700)
          await chmod(storeFile, 0o600)
          await giveTo(0)
        },
      }
    },
  },
]
