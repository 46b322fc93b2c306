/** v1 counts seconds. */
export const epoch = (iso: string) => Math.floor(Date.parse(iso) / 1000)
