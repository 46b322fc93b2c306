import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Every byte of every file beside the database, its log among them, except the key. */
export async function bytesBeside(storeFile: string): Promise<Buffer> {
  const folder = dirname(storeFile)
  const names = (await readdir(folder)).filter((name) => name !== 'encryption.key')
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))))
}

/** How often one of these texts stands there: as it is, in capitals, in UTF-16, in base64 or in hexadecimal digits. */
export function tracesIn(bytes: Buffer, texts: Iterable<string>): number {
  let found = 0
  for (const text of texts) if (formsOf(text).some((form) => bytes.includes(form))) found++
  return found
}

const formsOf = (text: string) => [
  Buffer.from(text),
  Buffer.from(text.toUpperCase()),
  Buffer.from(text, 'utf16le'),
  Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
  Buffer.from(Buffer.from(text).toString('hex')),
]
