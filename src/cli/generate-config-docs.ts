/** `npm run generate`: writes what is made from the list of variables. */
import { writeFileSync } from 'node:fs'
import { configurationPage, envExample } from '../config/describe.ts'

writeFileSync('.env.example', envExample())
writeFileSync('docs/configuration.md', configurationPage())
console.log('Written: .env.example, docs/configuration.md')
