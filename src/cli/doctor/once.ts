/** Looked at when it is first needed, and then the same for everybody who asks. */
export function once<T>(look: () => Promise<T>): () => Promise<T> {
  let looked: Promise<T> | undefined
  return () => {
    looked ??= look()
    return looked
  }
}
