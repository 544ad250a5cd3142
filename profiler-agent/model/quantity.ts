// Counts, shares and durations as text for people. English digits and units; unknown values are the caller's to name.

/** Every digit, grouped: `8,400`. */
export function formatCount(count: number): string {
  return groupThousands(count.toFixed(0))
}

/** Commas between the thousands of a number's text, `1234.50` → `1,234.50`. `Intl` takes 100 ms to start. */
export function groupThousands(digits: string): string {
  return digits.replace(/\d(?=(?:\d{3})+(?:\.|$))/g, '$&,')
}

/** At most four characters and a unit where there is little room: `999`, `34.5k`, `1.2M`. */
export function formatCompact(count: number): string {
  if (count < 1000) return String(Math.round(count))
  if (count < 999_950) return `${trimmed(count / 1e3)}k`
  return `${trimmed(count / 1e6)}M`
}

/** A part of 1 as whole per cent; what is not all and not nothing never reads as 100 or 0: `62 %`, `<1 %`, `>99 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %'
  if (share < 1 && share > 0.99) return '>99 %'
  return `${Math.round(share * 100)} %`
}

/** Milliseconds as `240 ms`, `3.48 s`, `2 min 05 s`, `1 h 04 min`, `6 d 23 h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${trimmed(seconds, seconds < 10 ? 2 : 1)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return `${minutes} min ${padded(Math.round(seconds) % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ${padded(minutes % 60)} min`
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${padded(hours % 24)} h`
}

/** Bytes as `640 B`, `34.5 kB`, `1.2 MB`, `3 GB`, thousand each. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_950) return `${trimmed(bytes / 1e3)} kB`
  return bytes < 999_950_000 ? `${trimmed(bytes / 1e6)} MB` : `${trimmed(bytes / 1e9)} GB`
}

/** `1 call`, `12 calls`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

function trimmed(value: number, digits = 1): string {
  return value.toFixed(digits).replace(/\.?0+$/, '')
}

function padded(value: number): string {
  return String(value).padStart(2, '0')
}
