import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import type { Delivery } from './carry-out.ts'

/** Sends an answer, as whole as the delivery says. Whoever has gone meanwhile is not minded. */
export async function deliver(
  response: ServerResponse,
  delivery: Delivery,
  number: number,
  wait: (ms: number) => Promise<void>,
): Promise<void> {
  const { socket } = response
  if (!socket || socket.destroyed) return
  switch (delivery.kind) {
    case 'reset':
      socket.resetAndDestroy()
      return
    case 'whole': {
      const bytes = begin(response, delivery.answer, number)
      response.end(bytes)
      return
    }
    case 'broken off': {
      const bytes = begin(response, delivery.answer, number)
      response.write(bytes.subarray(0, delivery.keepBytes), () => socket.destroy())
      return
    }
    case 'dripped': {
      const bytes = begin(response, delivery.answer, number)
      for (let at = 0; at < bytes.length && !socket.destroyed; at += delivery.bytes) {
        response.write(bytes.subarray(at, at + delivery.bytes))
        await wait(delivery.everyMs)
      }
      response.end()
      return
    }
    default:
      return delivery satisfies never
  }
}

function begin(response: ServerResponse, answer: Answer, number: number): Buffer {
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.writeHead(answer.status, {
    ...(answer.contentType === null ? {} : { 'Content-Type': answer.contentType }),
    ...(answer.status === 204 ? {} : { 'Content-Length': bytes.length }),
    'Cache-Control': 'max-age=0, private, must-revalidate',
    'X-Request-Id': `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    'X-Runtime': '0.033216',
    'Access-Control-Allow-Origin': '*',
    // A cookie that is sent back would mix up two owners in one process.
    'Set-Cookie': '_my-plex_session_32=FAKEsession; path=/; HttpOnly; secure',
    ...answer.headers,
  })
  return bytes
}
