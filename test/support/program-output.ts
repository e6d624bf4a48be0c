/** What a program prints, without the line breaks and columns that it is set in. */
export function words(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

/** How many characters its longest line has. */
export function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}
