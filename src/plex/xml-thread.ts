import { Worker } from 'node:worker_threads'
import { BadXml, type XmlDocument } from './xml.ts'

/**
 * `parseXml` in another thread, which is started for it and ended when it has had nothing to do for a while.
 * @throws BadXml as `parseXml` does
 */
export function parseLargeXml(text: string): Promise<XmlDocument> {
  current ??= new XmlThread()
  return current.parse(text)
}

/** The document travels as JSON: to copy it piece by piece would take longer than to read it again. */
export type XmlReply = { id: number } & ({ json: string } | { badXml: string })

let current: XmlThread | undefined
const idleMs = 30_000

class XmlThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve(document: XmlDocument): void; reject(error: Error): void }>()
  #lastId = 0
  #idle: NodeJS.Timeout | undefined

  constructor() {
    this.#worker = startWorker()
    this.#worker.on('message', (reply: XmlReply) => this.#settle(reply))
    this.#worker.on('error', () => this.#end(new BadXml('the reading thread failed')))
    this.#worker.on('exit', () => this.#end(new BadXml('the reading thread ended')))
    this.#worker.unref()
  }

  parse(text: string): Promise<XmlDocument> {
    clearTimeout(this.#idle)
    this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#lastId += 1
      this.#waiting.set(this.#lastId, { resolve, reject })
      this.#worker.postMessage({ id: this.#lastId, text })
    })
  }

  #settle(reply: XmlReply): void {
    const asker = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    // Our own worker wrote it.
    if ('json' in reply) asker?.resolve(JSON.parse(reply.json) as XmlDocument)
    else asker?.reject(new BadXml(reply.badXml))
    if (this.#waiting.size > 0) return
    // An idle thread keeps neither the process alive nor its 40 MB for long.
    this.#worker.unref()
    this.#idle = setTimeout(() => this.#end(new BadXml('the reading thread ended')), idleMs).unref()
  }

  #end(reason: BadXml): void {
    if (current === this) current = undefined
    clearTimeout(this.#idle)
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
    void this.#worker.terminate()
  }
}

/** From `dist` the worker is a plain module. From source (vitest, tsx) Node 20 reads it with tsx's help. */
function startWorker(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: 128 }
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./xml-worker.js', import.meta.url), { resourceLimits })
  }
  const source = new URL('./xml-worker.ts', import.meta.url).href
  return new Worker(
    `const { workerData } = require('node:worker_threads')
     import('tsx/esm/api').then(({ tsImport }) => tsImport(workerData, workerData))`,
    { eval: true, workerData: source, execArgv: [], resourceLimits },
  )
}
