/** Runs all, so many at a time that a slow machine keeps up, and has all that they found. */
export async function inBatches<Item>(
  items: readonly Item[],
  size: number,
  run: (batch: readonly Item[]) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = []
  for (let begun = 0; begun < items.length; begun += size) found.push(...(await run(items.slice(begun, begun + size))))
  return found
}
