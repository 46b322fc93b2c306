import { parentPort } from 'node:worker_threads'
import { BadXml, parseXml } from './xml.ts'
import type { XmlReply } from './xml-thread.ts'

/** The other side of `xml-thread.ts`: documents in, readings out. */
parentPort?.on('message', ({ id, text }: { id: number; text: string }) => {
  parentPort?.postMessage(reply(id, text))
})

function reply(id: number, text: string): XmlReply {
  try {
    return { id, json: JSON.stringify(parseXml(text)) }
  } catch (error) {
    return { id, badXml: error instanceof BadXml ? error.message : 'not readable' }
  }
}
