import { onTestFinished } from 'vitest'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import { openRedis } from '../../src/storage/redis.ts'
import { documentsContract, parseDoc } from '../contracts/documents.ts'
import { describeWithRedis, startRedis } from '../support/servers/redis.ts'
import { keys, newKey } from './temporary-store.ts'

describeWithRedis('Redis', () => {
  documentsContract('Redis', async () => {
    const server = await startRedis()
    const cipher = createCipher(keys(newKey()))
    const collection = async () => {
      const database = await openRedis(server.url)
      onTestFinished(() => database.close())
      return createCollection({ name: 'docs', parse: parseDoc, rows: database.rows('docs'), cipher })
    }
    return { docs: await collection(), again: await collection() }
  })
})
