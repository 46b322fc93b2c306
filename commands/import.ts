import { defineCommandWith, option, subcommand } from '../src/discord/define.ts'
import { importPreviewView } from '../src/discord/views/import-shares.ts'

/** `/import shares`: takes the shares that exist at Plex into the records. (Other programs' files: `npm run import`.) */
export default defineCommandWith({
  name: 'import',
  description: 'Take over what exists at Plex already',
  subcommands: {
    shares: subcommand({
      description: 'Show the shares that I do not know yet, take them over, and link them to members',
      needs: 'change',
      options: { server: option.server() },
      run: async ({ actor, options, rules }) => importPreviewView(await rules.previewImport(actor, options)),
    }),
  },
})
