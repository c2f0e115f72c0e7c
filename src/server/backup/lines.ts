const newline = 0x0a;
/** Longer than any line of ours, and short enough for a string. */
const longestLine = 256 * 1024 * 1024;

/**
 * The lines of a stream, without their ends, and a last one that has no end. Only a line feed ends one: inside JSON
 * texts other separators of lines may stand as they are.
 * @throws RangeError for a line of more than 256 MiB
 */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]);
      pieces = [];
      length = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLine) throw new RangeError('a line is too long');
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}
