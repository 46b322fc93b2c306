/** Variables that look like a slip of the pen for one of ours. */
export function misspelt(names: readonly string[], known: readonly string[]): readonly Misspelling[] {
  const isKnown = new Set(known)
  return names
    .filter((name) => !isKnown.has(name))
    .flatMap((name) => {
      const meant = known
        .map((candidate) => ({ candidate, edits: editsBetween(name.toUpperCase(), candidate) }))
        .filter(({ edits }) => edits <= mostEdits)
        .sort((a, b) => a.edits - b.edits)[0]
      return meant ? [{ written: name, meant: meant.candidate }] : []
    })
}

export interface Misspelling {
  written: string
  meant: string
}

/** `DISCORD_TOKN` and `DISCORD_TOKNE` are within; unrelated names of this length are not. */
const mostEdits = 2

/** Insertions, deletions and replacements that make one text the other (Levenshtein), or more than `mostEdits`. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > mostEdits) return mostEdits + 1
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
