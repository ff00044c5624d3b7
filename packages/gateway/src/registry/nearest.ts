/** Edits that still count as a typo of a word: a third of it, at least two. */
const editsMax = (word: string): number => Math.max(2, Math.floor(word.length / 3));

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** What somebody who wrote `word` may have meant, best first, at most `count`. */
export function nearest(word: string, known: Iterable<string>, count = 3): readonly string[] {
  const wanted = word.toLowerCase();
  const bound = editsMax(word);
  return [...new Set(known)]
    .map((candidate) => {
      const text = candidate.toLowerCase();
      const contains = wanted.length >= 3 && (text.includes(wanted) || wanted.includes(text));
      return { candidate, distance: editDistance(wanted, text), contains };
    })
    .filter(({ distance, contains }) => distance <= bound || contains)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
