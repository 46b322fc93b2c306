import type { Reply } from '../reply.ts'

export const oldButton = (): Reply => ({
  content:
    'This button is from an earlier version of me and does nothing any more. Run the command again to get a new one.',
  components: [],
})

export const unknownCommand = (): Reply => ({
  content:
    'I do not know this command any more. Discord shows my present commands when you type `/`; reload Discord if it still shows the old one.',
})

export const onlyInGuilds = (): Reply => ({
  content:
    'This works only in a server that I am a member of, because your rights come from your roles there. Go to that server and run the command in one of its channels.',
})

export const storeUnavailable = (reference: string): Reply => ({
  content: `My storage does not answer, so I cannot find out what you may do and what is so. Nothing was changed. Please try again in a minute; if it goes on, give the owner this reference: \`${reference}\`.`,
  components: [],
})

export const broken = (reference: string): Reply => ({
  content: `Something broke on my side, and I cannot say how far I got. Look with \`/users\` at what is so before you try again, and give the owner this reference: \`${reference}\`.`,
  components: [],
})
