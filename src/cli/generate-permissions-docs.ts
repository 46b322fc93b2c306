/** `npm run generate`: writes who may what from the commands' own declarations. */
import { writeFileSync } from 'node:fs'
import { loadCommands, loadComponents } from '../discord/load.ts'
import { permissionsPage } from './permissions-page.ts'

writeFileSync('docs/permissions.md', permissionsPage(await loadCommands(), await loadComponents()))
console.log('Written: docs/permissions.md')
