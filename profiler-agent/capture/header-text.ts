// Text of a header value. Node reads header bytes as Latin-1; a caller that sent UTF-8 meant UTF-8.

const NOT_ASCII = /[\u0080-\uffff]/

/** The value as UTF-8 where its bytes are that, else as it is. */
export function utf8Of(raw: string): string {
  if (!NOT_ASCII.test(raw)) return raw
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(raw, 'latin1'))
  } catch {
    return raw // It was Latin-1 after all.
  }
}
