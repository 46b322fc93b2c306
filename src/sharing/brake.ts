/**
 * How many people one run of an automatism may take away, or believe to be gone: a tenth of all, and three in any
 * case. Where there would be more, nothing happens at all until somebody looks: a list that is suddenly shorter, or
 * a clock that jumped, is likelier than everybody leaving at once.
 */
export const mostRemovals = (people: number) => Math.max(3, Math.floor(people / 10))
