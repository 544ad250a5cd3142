// What two lists have in common at their start, by identity: no element is looked into, which is what makes it cheap for long prompts.

/** How many leading elements of two lists are the very same. */
export function commonBeginning(left: readonly unknown[], right: readonly unknown[]): number {
  const most = Math.min(left.length, right.length)
  let length = 0
  while (length < most && left[length] === right[length]) length++
  return length
}
