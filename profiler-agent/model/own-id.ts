// The id of an agent or step whose program gave it an id that something else has: tree and gate make the same one, in every process.

/** `writer;req-17` of the name `writer` and the id `req-17`. Is no id of anything that the program gave. */
export function ownId(name: string, id: string): string {
  return `${name};${id}`
}
