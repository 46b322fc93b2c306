/** What Discord's own client would not let a person do: a mistake of the test, or a button that should not be there. */
export class Cannot extends Error {}
