/** Milliseconds of Discord's first second: 2015-01-01. @see https://docs.discord.com/developers/reference#snowflakes */
const discordEpoch = 1_420_070_400_000n

/** The id of something made at `at`; `number` tells apart what was made in the same millisecond (0 to 4,194,303). */
export const snowflakeOf = (at: Date, number = 0): string =>
  (((BigInt(at.getTime()) - discordEpoch) << 22n) | BigInt(number & 0x3fffff)).toString()

export const madeAt = (snowflake: string): Date => new Date(Number((BigInt(snowflake) >> 22n) + discordEpoch))

/** Makes ids that never repeat, even with a clock that stands still. */
export function snowflakes(now: () => Date): () => string {
  let made = 0
  return () => snowflakeOf(now(), ++made)
}
